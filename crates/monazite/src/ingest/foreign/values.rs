//! What the columns of a Parquet file hold, as cells.

use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::schema::types::ColumnDescriptor;

/// Numbers of 32 bits hold every whole number up to here, those of 16 bits up to [`EXACT_HALF`].
pub(super) const EXACT_SINGLE: f64 = 16_777_216.0;
/// As [`EXACT_SINGLE`], of 16 bits.
pub(super) const EXACT_HALF: f64 = 2048.0;

const MILLISECONDS_A_DAY: i64 = 86_400_000;

/// The day 1970-01-01 in days of the Julian calendar, which old timestamps count.
const JULIAN_DAY_1970: i64 = 2_440_588;

/// Longest text of a cell, in bytes.
const LONGEST_TEXT: usize = 1 << 16;

/// How the cells of a column are made of what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// 0 or 1.
    Boolean,
    /// Whole numbers with a sign.
    Whole,
    /// Whole numbers without a sign, of 32 or 64 bits.
    Unsigned,
    /// Numbers of 32 or 64 bits.
    Number,
    /// Numbers of 16 bits.
    Half,
    /// Whole numbers in steps of a power of ten.
    Decimal {
        /// Digits behind the point.
        scale: i32,
    },
    /// Days since 1970, of which the year is taken.
    Date,
    /// Moments since 1970, of which the year is taken.
    Moment {
        /// So many of its units make a day.
        a_day: i64,
        /// Whether it is counted in UTC, whatever zone it was written in.
        zoned: bool,
    },
    /// Moments as Spark and Impala wrote them, in 96 bits.
    OldMoment,
    /// Texts.
    Text,
}

/// What a column holds, or what it is instead of numbers and texts.
pub(super) fn form_of(column: &ColumnDescriptor) -> Result<Form, &'static str> {
    let physical = column.physical_type();
    if let Some(logical) = column.logical_type_ref() {
        return match (logical, physical) {
            (LogicalType::Integer(whole), Type::INT32 | Type::INT64) => {
                Ok(if whole.is_signed { Form::Whole } else { Form::Unsigned })
            }
            (LogicalType::Decimal(decimal), _) => decimal_of(decimal.scale),
            (LogicalType::Date, Type::INT32) => Ok(Form::Date),
            (LogicalType::Timestamp(time), Type::INT64) => Ok(Form::Moment {
                zoned: time.is_adjusted_to_u_t_c,
                a_day: match time.unit {
                    TimeUnit::MILLIS => MILLISECONDS_A_DAY,
                    TimeUnit::MICROS => MILLISECONDS_A_DAY * 1000,
                    TimeUnit::NANOS => MILLISECONDS_A_DAY * 1_000_000,
                },
            }),
            (LogicalType::String | LogicalType::Enum | LogicalType::Json, Type::BYTE_ARRAY) => Ok(Form::Text),
            (LogicalType::Float16, Type::FIXED_LEN_BYTE_ARRAY) => Ok(Form::Half),
            (LogicalType::Unknown, _) => stored(physical),
            (LogicalType::Time(_), _) => Err("a time of day"),
            (LogicalType::Uuid, _) => Err("of type UUID"),
            (LogicalType::Bson, _) => Err("of type BSON"),
            (LogicalType::Variant(_), _) => Err("of type VARIANT"),
            (LogicalType::Geometry(_) | LogicalType::Geography(_), _) => Err("a shape on a map"),
            _ => Err("of a type that is not known"),
        };
    }
    match (column.converted_type(), physical) {
        (ConvertedType::DECIMAL, _) => decimal_of(column.type_scale()),
        (ConvertedType::DATE, Type::INT32) => Ok(Form::Date),
        (ConvertedType::TIMESTAMP_MILLIS, Type::INT64) => {
            Ok(Form::Moment { a_day: MILLISECONDS_A_DAY, zoned: true })
        }
        (ConvertedType::TIMESTAMP_MICROS, Type::INT64) => {
            Ok(Form::Moment { a_day: MILLISECONDS_A_DAY * 1000, zoned: true })
        }
        (
            ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64,
            Type::INT32 | Type::INT64,
        ) => Ok(Form::Unsigned),
        (ConvertedType::TIME_MILLIS | ConvertedType::TIME_MICROS, _) => Err("a time of day"),
        (ConvertedType::INTERVAL, _) => Err("a length of time"),
        (ConvertedType::BSON, _) => Err("of type BSON"),
        _ => stored(physical),
    }
}

fn decimal_of(scale: i32) -> Result<Form, &'static str> {
    if (0..=38).contains(&scale) {
        Ok(Form::Decimal { scale })
    } else {
        Err("a decimal number of a scale that is not known")
    }
}

/// What a column holds of which nothing but the storage is known.
fn stored(physical: Type) -> Result<Form, &'static str> {
    Ok(match physical {
        Type::BOOLEAN => Form::Boolean,
        Type::INT32 | Type::INT64 => Form::Whole,
        Type::FLOAT | Type::DOUBLE => Form::Number,
        Type::INT96 => Form::OldMoment,
        Type::BYTE_ARRAY | Type::FIXED_LEN_BYTE_ARRAY => Form::Text,
    })
}

/// The year of a day, counted from 1970-01-01 in the calendar of today, whatever was in use then.
pub(super) fn year_of_day(day: i64) -> i64 {
    // Years that begin in March, in cycles of 400 of them; days far outside of any calendar are held at its end.
    let day = day.clamp(-4_000_000_000_000, 4_000_000_000_000) + 719_468;
    let (cycle, in_cycle) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (in_cycle - in_cycle / 1460 + in_cycle / 36_524 - in_cycle / 146_096) / 365;
    let in_year = in_cycle - (365 * year + year / 4 - year / 100);
    // March is the first month; January and February belong to the year after.
    let next = i64::from((5 * in_year + 2) / 153 >= 10);
    cycle * 400 + year + next
}

/// A whole number, where it stands for one.
pub(super) fn whole(form: Form, number: i64) -> Result<i64, String> {
    match form {
        Form::Date => Ok(year_of_day(number)),
        Form::Moment { a_day, zoned } => {
            let year = |number: i64| year_of_day(number.div_euclid(a_day));
            // The first of January at midnight in Berlin is the thirty-first of December in UTC: of no zone on Earth is it more than fourteen hours.
            let away = a_day / 24 * 14;
            let doubtful = year(number.saturating_sub(away)) != year(number.saturating_add(away));
            // Midnight somewhere is a quarter of an hour of UTC.
            let quarter = number.rem_euclid(a_day / 96) == 0 && number.rem_euclid(a_day) != 0;
            if zoned && doubtful && quarter {
                return Err("is a moment of a time zone so near to a new year that the year depends on the zone; write the year as a number".to_owned());
            }
            Ok(year(number))
        }
        Form::Unsigned if number < 0 => Err(format!(
            "{} is larger than whole numbers can be here; write the column as double",
            number as u64
        )),
        _ => Ok(number),
    }
}

/// The year of a moment in 96 bits: nanoseconds within a day, and the day in the Julian count.
pub(super) fn year_of_old_moment(parts: &[u32]) -> i64 {
    let nanoseconds = u64::from(parts[0]) | u64::from(parts[1]) << 32;
    let more_days = (nanoseconds as i64).div_euclid(MILLISECONDS_A_DAY * 1_000_000);
    year_of_day(i64::from(parts[2]) - JULIAN_DAY_1970 + more_days)
}

/// The number nearest to a decimal one.
pub(super) fn decimal(unscaled: i128, scale: i32) -> f64 {
    // Both sides are exact, so that the quotient is rounded once.
    if scale <= 22 && unscaled.unsigned_abs() <= 1 << 53 {
        return unscaled as f64 / 10f64.powi(scale);
    }
    format!("{unscaled}e-{scale}").parse().unwrap_or(f64::NAN)
}

/// A whole number of any number of bytes, the first one the highest, with a sign.
pub(super) fn big_endian(bytes: &[u8]) -> Result<i128, String> {
    let sign = bytes.first().map_or(0, |first| if *first >= 0x80 { 0xff } else { 0 });
    let skip = bytes.len().saturating_sub(16);
    let (more, low) = bytes.split_at(skip);
    // What stands before sixteen bytes has to repeat the sign.
    if more.iter().any(|byte| *byte != sign)
        || low.first().is_some_and(|first| skip > 0 && (*first ^ sign) >= 0x80)
    {
        return Err("the decimal number has more than 38 digits; write the column as double".to_owned());
    }
    let mut all = [sign; 16];
    all[16 - low.len()..].copy_from_slice(low);
    Ok(i128::from_be_bytes(all))
}

/// A number of 16 bits.
pub(super) fn half(bytes: [u8; 2]) -> f64 {
    let bits = u16::from_le_bytes(bytes);
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023));
    sign * match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + fraction) * 2f64.powi(exponent - 25),
    }
}

/// A text.
pub(super) fn text(bytes: &[u8]) -> Result<&str, String> {
    if bytes.len() > LONGEST_TEXT {
        return Err(format!("the text has {} bytes, at most {LONGEST_TEXT} are read", bytes.len()));
    }
    std::str::from_utf8(bytes)
        .map_err(|_| "these bytes are no text in UTF-8; write the column as text (string)".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    // Days by `date -d`: 1970-01-01 is 0, 2019-12-31 is 18261, 2020-02-29 is 18321, 1969-12-31 is -1, 2000-01-01 is 10957, 1900-01-01 is -25567.
    #[test]
    fn years_of_days() {
        let years = [
            (0, 1970),
            (18_261, 2019),
            (18_262, 2020),
            (18_321, 2020),
            (-1, 1969),
            (10_956, 1999),
            (10_957, 2000),
        ];
        for (day, year) in
            years.into_iter().chain([(-25_567, 1900), (-25_568, 1899), (-719_528, 0), (-719_529, -1)])
        {
            assert_eq!(year_of_day(day), year, "{day}");
        }
        assert!(year_of_day(i64::MAX) > 1_000_000 && year_of_day(i64::MIN) < -1_000_000);
        // 2018-01-01 in Berlin is an hour before midnight in UTC.
        let berlin = 17_532 * MILLISECONDS_A_DAY - 3_600_000;
        let moment = |zoned| Form::Moment { a_day: MILLISECONDS_A_DAY, zoned };
        assert!(whole(moment(true), berlin).unwrap_err().contains("time zone"));
        assert_eq!(whole(moment(false), berlin), Ok(2017));
        assert_eq!(whole(moment(true), 17_532 * MILLISECONDS_A_DAY), Ok(2018));
        assert_eq!(whole(moment(true), berlin + 180 * MILLISECONDS_A_DAY), Ok(2018));
        let second = moment(false);
        assert_eq!(whole(second, -1), Ok(1969));
        assert_eq!(whole(second, 18_261 * MILLISECONDS_A_DAY + 86_399_999), Ok(2019));
        // 2020-01-01 is day 2,458,850 of the Julian count at noon before.
        assert_eq!(year_of_old_moment(&[0, 0, 2_458_850]), 2020);
        assert_eq!(year_of_old_moment(&[0, 0, 2_458_849]), 2019);
        // 2^32 x 20117 ns are a little more than a day.
        assert_eq!(year_of_old_moment(&[0, 20_117, 2_458_849]), 2020);
    }

    #[test]
    fn decimals_are_the_nearest_numbers() {
        assert_eq!(decimal(123_456, 3), 123.456);
        assert_eq!(decimal(-1, 2), -0.01);
        assert_eq!(decimal(9_007_199_254_740_993, 0), 9_007_199_254_740_992.0);
        assert_eq!(decimal(12_345_678_901_234_567_890_123, 10), 1_234_567_890_123.456_8);
        assert_eq!(decimal(3, 30), 3e-30);
        assert_eq!(big_endian(&[0x01, 0xe2, 0x40]), Ok(123_456));
        assert_eq!(big_endian(&[0xff, 0xfe]), Ok(-2));
        assert_eq!(big_endian(&[]), Ok(0));
        let mut wide = [0xff; 32];
        wide[31] = 0xfe;
        assert_eq!(big_endian(&wide), Ok(-2));
        wide[16] = 0x7f;
        assert!(big_endian(&wide).is_err(), "the sign is another one");
        wide[3] = 1;
        assert!(big_endian(&wide).is_err());
    }

    // IEEE 754, binary16: 0x3c00 is 1, 0xc000 is -2, 0x7bff is 65504, 0x0001 is 2^-24, 0x3555 is 0.33325195.
    #[test]
    fn halves() {
        let of = |bits: u16| half(bits.to_le_bytes());
        assert_eq!([of(0x3c00), of(0xc000), of(0x7bff), of(1)], [1.0, -2.0, 65_504.0, 2f64.powi(-24)]);
        assert_eq!(of(0x3555), 0.333_251_953_125);
        assert_eq!(of(0x7c00), f64::INFINITY);
        assert!(of(0x7e00).is_nan() && of(0x8000) == 0.0);
    }

    #[test]
    fn texts_and_numbers_without_sign() {
        assert_eq!(text("Côte".as_bytes()), Ok("Côte"));
        assert!(text(b"C\xf4te").unwrap_err().contains("no text in UTF-8"));
        assert!(text(&[b'x'; LONGEST_TEXT + 1]).unwrap_err().contains("65537 bytes"));
        assert!(whole(Form::Unsigned, -1).unwrap_err().starts_with("18446744073709551615 is larger"));
        assert_eq!(whole(Form::Whole, -1), Ok(-1));
    }
}
