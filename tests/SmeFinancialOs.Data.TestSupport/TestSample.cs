using System.Globalization;

namespace SmeFinancialOs.Data.TestSupport;

/// <summary>
/// The longest tests take every case or, where SME_DATA_TEST_SAMPLE is a number n, each n-th.
/// CI runs every case on PostgreSQL 15, and each third case of these tests on 18.
/// </summary>
internal static class TestSample
{
    public static int Stride { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("SME_DATA_TEST_SAMPLE"), NumberStyles.None, CultureInfo.InvariantCulture, out var stride) && stride > 1
            ? stride : 1;

    public static IEnumerable<T> Of<T>(IEnumerable<T> cases) => cases.Where((_, i) => i % Stride == 0);
}
