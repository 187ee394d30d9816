using System.Globalization;

namespace SmeFinancialOs.Data.TestSupport;

/// <summary>
/// The longest tests take every case or, where SME_DATA_TEST_PART is "k/n", the k-th of n parts. CI runs part 1/2 on PostgreSQL 15 and part 2/2 on 18.
/// </summary>
internal static class TestPart
{
    private static readonly (int Number, int Count) Chosen = Parse(Environment.GetEnvironmentVariable("SME_DATA_TEST_PART"));

    public static IEnumerable<T> Of<T>(IEnumerable<T> cases) => cases.Where((_, i) => Takes(i));

    /// <summary>Whether a case is in the part that is run.</summary>
    /// <param name="index">The place of the case among all, from 0.</param>
    public static bool Takes(int index) => index % Chosen.Count == Chosen.Number - 1;

    /// <summary>Why a test at this line of its file is skipped; null where it is not.</summary>
    public static string? SkippedAt(int line) => Takes(line) ? null : "SME_DATA_TEST_PART has it in another part";

    private static (int Number, int Count) Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return (1, 1);
        return text.Split('/') is [var number, var count] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var k)
            && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && k >= 1 && k <= n
            ? (k, n)
            : throw new InvalidOperationException($"SME_DATA_TEST_PART is \"{text}\". It is k/n, the k-th of n parts, such as 1/2; or nothing, for all.");
    }
}
