using System.Globalization;

namespace SmeFinancialOs.Data.Logins;

/// <summary>Judges the text of a setting as <c>pg_db_role_setting</c> has it, which is how somebody wrote it. What is not understood is not safe.</summary>
internal static class SettingValue
{
    /// <summary>A timeout below this cancels work of an honest tenant.</summary>
    private const decimal ShortestMilliseconds = 100;

    /// <summary><see href="https://www.postgresql.org/docs/current/config-setting.html"/></summary>
    private static readonly (string Unit, decimal Milliseconds)[] Units =
        [("us", 0.001m), ("ms", 1), ("min", 60_000), ("s", 1_000), ("h", 3_600_000), ("d", 86_400_000), ("", 1)];

    public static bool Never(string value) => false;

    public static Func<string, bool> Is(params string[] safe) => value => safe.Contains(WithoutSpaces(value), StringComparer.OrdinalIgnoreCase);

    public static bool IsOn(string value) => Is("on", "true", "yes", "t", "y", "1")(value);

    public static bool IsOff(string value) => Is("off", "false", "no", "f", "n", "0")(value);

    /// <summary>SET local_preload_libraries = '' is kept as "", and then a library without a name is looked for.</summary>
    public static bool IsEmpty(string value) => WithoutSpaces(value).Length == 0;

    public static bool IsDefaultPath(string value) => WithoutSpaces(value) is "\"$user\",public";

    public static bool IsZero(string value) => MillisecondsOf(value) == 0;

    public static bool IsNotShort(string value) => MillisecondsOf(value) is 0 or >= ShortestMilliseconds;

    private static decimal? MillisecondsOf(string value)
    {
        var text = WithoutSpaces(value);
        var (unit, milliseconds) = Array.Find(Units, unit => text.EndsWith(unit.Unit, StringComparison.Ordinal));
        var digits = text.AsSpan(0, text.Length - unit.Length);
        var isNumber = decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number < int.MaxValue;
        return isNumber ? number * milliseconds : null;
    }

    private static string WithoutSpaces(string value) => string.Concat(value.Where(c => !char.IsWhiteSpace(c)));
}
