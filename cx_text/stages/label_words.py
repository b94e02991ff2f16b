"""The closed word lists that names of themes are judged by."""

from __future__ import annotations

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

NEGATIONS = frozenset(
    "no not never nobody none nothing nowhere without cannot cant can't don't didn't doesn't isn't wasn't "
    "won't wouldn't couldn't hasn't haven't dont didnt doesnt wont".split()
)
CHATTER = frozenset(
    "hi hello hey dear team thanks thank thankyou thx please pls plz regards sir madam ok okay yes yeah yep "
    "im ive id u ur ya oh lol just really also still even got get gets getting im i'm i've i'd i'll you're "
    "it's that's there's he's she's we're they're they've we've let's us ill one two etc much many lot lots "
    "would could should will like go going went want wanted need needed make made say said says thing things "
    "today yesterday tomorrow day days week weeks month months time times since ago".split()
)
STOP = (ENGLISH_STOP_WORDS | CHATTER) - NEGATIONS
OPINION = frozenset(
    "absolute absolutely acceptable amazing annoyed annoying appalling appreciate appreciated atrocious "
    "awesome awful bad best better brilliant company cool crap decent delighted disappointed "
    "disappointing disappointment disaster disgrace disgraceful disgusted disgusting dissatisfied "
    "dreadful everything excellent exceptional expected experience extremely fab fabulous fair "
    "fantastic fine flawless frustrated frustrating glad good grateful great happier happy hate helps "
    "horrendous horrible horrific impressed improve improvement incredible job joke lousy love loved "
    "lovely mediocre nice okay ok outstanding overall pathetic perfect perfectly pleased poor positive "
    "rating ratings recommend recommended ridiculous rubbish sad satisfactory satisfied satisfying "
    "shame shameful shit shocking star stars super superb terrible top totally unacceptable unhappy "
    "upset very well wonderful work worse worst wow happened ever again business useless worthless "
    "feedback review".split()
)
"""Words of opinion without a reason; a span of these alone is praise or complaint in general."""

NAMEABLE = frozenset(
    "amount bill call computer cry detail empty fire front full interest move name part show side system "
    "team top back".split()
)
"""Words of `STOP` that may carry a name: the list counts them as filling, customers do not."""

ARTICLES = frozenset("a an the my our your their his her its this these those some any".split())
"""Left out of a name that is shown, as in a headline."""

PRONOUNS = frozenset("i you he she it we they u there anyone someone".split())
AUXILIARIES = frozenset(
    "do does did can could will would should shall may might must is are was were am has have had "
    "what's where's who's how's here's".split()
)
BEFORE_NOT = frozenset("do does did can could will would should".split())
JOINTS = frozenset(
    "but so because cuz if when whenever while although though which who whose until unless than".split()
)
"""Where another thought begins: no name runs across."""

PARTICLES = frozenset("up off out down back in".split())
EXTENTS = frozenset("long much many often".split())
"""What follows "how" and makes a name with it: how long, how much."""

IDLE = frozenset(
    "able actual actually advise ain't almost already although always anymore anything anyway apparently "
    "aren't around ask asked asking assist assistance away based basically bit bring came case cause "
    "certain certainly clearly come comes coming company completely couldnt course currently customer "
    "customers damn definitely different doing done end especially eventually exact exactly example "
    "extremely fact fail fails feel feeling feels felt figure finally fix follow forward frequently fuck "
    "fucking fully gave give given gives giving gonna gotta guess guy guys had hadn't happen happening "
    "happens haven hell help helped helping hope hopefully hoping idea idk immediately info information "
    "instead issue issues item items joke jokes keep keeps kept kind kinda knew know knowing known knows "
    "later left let lets lie literally look looked looking looks man matter maybe mean means nearly new "
    "normally obviously occur occurred old ones particular past people person possible possibly ppl "
    "previous previously probably problem problems put puts question questions quick quickly quite rather "
    "reason reasons recent recently regarding right seem seems seen sent seriously shouldn't simply "
    "situation somebody someone soon sort start started starting stuff stupid suck sucks suddenly sure "
    "surely take taken takes taking talk tell telling think thinking thought told took total totally "
    "tried tries truly try trying twitter unable understand unfortunately use used user users uses using "
    "usual usually various wanna wants wasnt way weren't wish wonder wondering wont word words worry wtf "
    "yet you'd you'll you've".split()
)
"""Words that may stand in a name but say little alone."""

UNITS = frozenset(
    "afternoon am april august avenue buck bucks cent cents couple day days december dollar dollars dozen "
    "dr eight eleven euro euros evening february fifteen fifty five forty four friday half hour hours hr "
    "hrs hundred hundreds january july june march midnight million min mins minute minutes miss monday "
    "month months morning mr mrs ms night nights nine noon november october pm pound pounds quid road "
    "saturday sec second seconds secs september seven six sixty street sunday ten thirty thousand "
    "thousands three thursday today tomorrow tonight tuesday twelve twenty wednesday week weekend weeks "
    "year years yesterday yr yrs zero".split()
)
"""Time, money, number and forms of address: no name alone, and no end of one."""
