//! What stands below the options of every help: examples that run, then what to know.

/// `monazite`.
pub const PROGRAM: &str = "Start with: monazite run\n\
It runs the example study on real data and says where the results are.";

/// `monazite run`.
pub const RUN: &str = "Examples:\n  \
monazite run                                             # the example that comes with the program\n  \
monazite run study.toml                                  # your own study\n  \
monazite run studies/rare-earths --trade BACI_HS02_V202501.zip --out runs/rare-earths\n\n\
Without --out the results go to runs/NAME, where NAME is the folder of the study.";

/// `monazite indicators`.
pub const INDICATORS: &str = "Examples:\n  \
monazite indicators                                      # the example, in about a second\n  \
monazite indicators study.toml --out runs/mine";

/// `monazite typology`.
pub const TYPOLOGY: &str = "Examples:\n  \
monazite typology runs/example --detail low\n  \
monazite typology runs/example --repetitions 100         # a full account of its stability\n\n\
Starts from the indicators in the run folder. The regression, which has the clusters among its variables, is run again too; its robustness checks \
that need the trade are made only with --study, which also takes over the sections [profile], [groups] and [typology]. Settings that are not given \
stay as they are.";

/// `monazite regress`.
pub const REGRESS: &str = "Examples:\n  \
monazite regress runs/example --baseline 2008-2011 --projection 2020-2023\n  \
monazite regress runs/example --covariance two_way\n\n\
Starts from the indicators and the typology in the run folder. Settings that are not given stay as they are; every setting is in the section \
[regression] of a study file, which --study takes over. Robustness checks that need the trade are made only with --study.";

/// `monazite report`.
pub const REPORT: &str = "Examples:\n  \
monazite report runs/example --country DEU,Japan         # a brief of two pages each\n  \
monazite report runs/example --country EU27              # a group as one buyer\n  \
monazite report runs/example --country DEU,JPN,KOR --side-by-side\n  \
monazite report runs/example --product 284690,283691     # a brief of each product; focus: of all in focus\n  \
monazite report runs/example --map hhi --product 250410 --year 2020\n  \
monazite report runs/example --map share --supplier CHN --product 284690\n  \
monazite report runs/example --trend str --product 284690,282200,250410,261100 --size slide\n  \
monazite report runs/example --trend share --supplier CHN --product 284690 --countries USA,JPN,DEU\n  \
monazite report runs/example --figures network --countries KOR --size slide\n\n\
Everything is read from the run folder; nothing is computed anew but what groups come to as one buyer. A request makes the files it names, under briefs and figures, and touches nothing \
else; names say what differs from the settings of the run: network_of_DEU-JPN_2019_slide. Without a request, report.html and all its figures are made \
again.";

/// `monazite compare`.
pub const COMPARE: &str = "Examples:\n  \
monazite compare runs/V202401 runs/V202501               # a new release is out: what changed?\n  \
monazite compare runs/example runs/revised --out comparison";

/// `monazite rank`.
pub const RANK: &str = "Examples:\n  \
monazite rank runs/example --by str --product 261100 --top 10\n  \
monazite rank runs/example --by share --supplier CHN --product 250410 --top 10\n  \
monazite rank runs/example --by hhi --product 261100 --top 10 --latex --out tungsten.tex\n\n\
Countries with less than 0.1 % of world imports are counted and not ranked, since shares of next to nothing would head the list; --all ranks them too. \
STR and influence have the mass-balanced number beside them, and countries are in the order of it where the two differ by more than 0.1; --reading str takes the other one.";

/// `monazite what-if`.
pub const WHAT_IF: &str = "Examples:\n  \
monazite what-if runs/example --without CHN --product 284690    # who loses if China stops?\n  \
monazite what-if runs/example --product 284690                  # whose stop would cost most?\n  \
monazite what-if runs/example --without COD --product 810510,282200 --cut 0.5 --to JPN,KOR\n  \
monazite what-if runs/example --without CHN --product 284690 --capacity 0.1 --exclude MMR,LAO\n  \
monazite what-if runs/example --product 284690 --worst 3        # which three together\n  \
monazite what-if --events                                       # events of the past\n  \
monazite what-if runs/example --event rare-earth-quota-2010 --out quota\n\n\
Three readings stand side by side: nobody sells on what it bought (none), a country makes as much as it sells (exposure), it sells on as much as it \
can have bought (mass balance). Trade says what a stop touches; no reading is a forecast.";

/// `monazite diversify`.
pub const DIVERSIFY: &str = "Examples:\n  \
monazite diversify runs/example --country DEU --product 284690 --move 0.1 --exclude RUS\n  \
monazite diversify runs/example --country USA --product 284690 --objective worst-stop\n  \
monazite diversify runs/example --country USA --product 284690 --swap CHN:JPN:0.05   # others make way\n  \
monazite diversify runs/example --product 284690 --all sequential                    # everybody does it\n\n\
Limits that are not given are those of the study ([diversification]). The plan finds what the index calls safe; where a supplier gets what it sells \
more is not known.";

/// `monazite event`.
pub const EVENT: &str = "Examples:\n  \
monazite event runs/example                              # the measures of its study\n  \
monazite event runs/example --table quotas.csv --later 3 --keep-breaks --out after-the-quota\n  \
monazite event runs/example --by importer --outcomes imports,hhi\n\n\
The table has the columns product, exporter, from, to, measure. Settings that are not given are those of the study ([event]). A difference at a date is no cause: \
whatever else began in that year is in it.";

/// `monazite complexity`.
pub const COMPLEXITY: &str = "Examples:\n  \
monazite complexity BACI_HS92_V202501.zip --years 2021-2023 --country DEU\n  \
monazite complexity baci.store --year 2023 --population population.csv --out complexity\n  \
monazite complexity data/baci-hs92-raw-materials --force       # 74 products: a number, but not ECI\n\n\
ECI is a direction that divides countries, not a level: compare ranks of one year, not values of two. It needs a whole release; a release is imported once, beside \
it. Countries with exports below a billion USD a year are left out, and with a table of population (year, iso3, population) those below a million inhabitants.";

/// `monazite indices`.
pub const INDICES: &str = "Examples:\n  \
monazite indices runs/example                      # how alike, and where they disagree most\n  \
monazite indices runs/example --year 2015 --min-imports 1000000 --out comparison\n  \
monazite indices baci.store --governance wgi.csv --products 284690 --years 2023\n  \
monazite indices BACI_HS92_V202501.zip --governance wgi.csv --out indices.csv           # all of it\n  \
monazite indices baci.store --compute worst,ec_flag,geodep --importers DEU,Japan        # without stability\n\n\
What rests on the stability of suppliers (whhi, eu_sr_trade, geopolrisk_trade) needs --governance. geodep counts over three years: the two before those that are \
asked for are looked at, where the data have them. What each index measures, and where it misleads: docs/methods/26-indices.md.";

/// `monazite export`.
pub const EXPORT: &str = "Examples:\n  \
monazite export runs/example --xlsx                      # a workbook: a sheet a table\n  \
monazite export runs/example --xlsx --table shares --country KOR --product 284690 --year 2023\n  \
monazite export runs/example --dta --table indicators    # for Stata\n  \
monazite export runs/example --csv --table shares --supplier CHN --product 2846 --columns year,importer,share --out china.csv\n\n\
Codes get their names beside them; an empty cell is undefined or not known, never zero.";

/// `monazite explore`.
pub const EXPLORE: &str = "Examples:\n  \
monazite explore                                         # the example, made first if need be\n  \
monazite explore runs/mine\n  \
monazite explore runs/V202401 runs/V202501               # two runs side by side\n  \
monazite explore runs/mine --export site                 # page and data for any file server\n\n\
Only this machine can reach the page, and nothing is sent anywhere. To look at a run on another machine: ssh -L 8123:127.0.0.1:8123 MACHINE, and \
there monazite explore RUN --no-open --port 8123.";

/// `monazite replicate`.
pub const REPLICATE: &str = "Examples:\n  \
monazite replicate runs/example --out package\n  \
monazite replicate runs/mine --out package --study study.toml\n\n\
The study file says where the data are; without it (and if the run is not that of the example), the package describes the data instead of holding them.";

/// `monazite import`.
pub const IMPORT: &str = "Examples:\n  \
monazite import BACI_HS92_V202501.zip --out baci.store\n  \
monazite import customs.parquet --out customs.store --edition HS17 --column value=amount --unit usd --source \"Customs of X\"";

/// `monazite store`.
pub const STORE: &str = "Examples:\n  \
monazite store files baci.store                          # Parquet files for DuckDB, polars or Spark\n  \
monazite store verify baci.store";

/// `monazite chain`.
pub const CHAIN: &str = "Examples:\n  \
monazite chain study.toml                                # links, tiers and sources, in runs/NAME-chain\n  \
monazite chain calibrate studies/rare-earths             # sizes for other thresholds\n  \
monazite chain compare runs/mine published.csv";

/// `monazite map`.
pub const MAP: &str = "Examples:\n  \
monazite map study.toml --out candidates.csv\n\n\
The key of an endpoint is read from the environment variable MONAZITE_API_KEY (mapping.key_variable). Stopped at any point, the same command goes on \
where it was and asks nothing twice.";

/// `monazite codes`.
pub const CODES: &str = "Examples:\n  \
monazite codes cobalt                                    # by word or material\n  \
monazite codes 284690 --run runs/example                 # what became of a code, and whether a run has it\n\n\
Texts are those of BACI's product files and of the United Nations; materials are those of the critical lists of the EU, the US and the UK.";

/// `monazite check`.
pub const CHECK: &str = "Examples:\n  \
monazite check study.toml\n  \
monazite check study.toml --trade BACI_HS92_V202501.zip";

/// `monazite example`.
pub const EXAMPLE: &str = "Examples:\n  \
monazite example --out study.toml                        # a commented study with every option\n  \
monazite example --planted --out world                   # a made-up world\n  \
monazite example --revision --out revised                # real trade with a planted revision, for monazite compare\n\n\
With --planted: a release, Governance Indicators, candidate links and a study of made-up countries in which links, types and coefficients are known. \
Everything in it is synthetic and says so.";

/// `monazite completions`.
pub const COMPLETIONS: &str = "Examples:\n  \
monazite completions bash > ~/.local/share/bash-completion/completions/monazite\n  \
monazite completions zsh > ~/.zfunc/_monazite\n  \
monazite completions fish > ~/.config/fish/completions/monazite.fish";

/// `monazite man`.
pub const MAN: &str = "Examples:\n  monazite man --out ~/.local/share/man/man1";
