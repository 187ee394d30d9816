namespace SmeFinancialOs.Data;

/// <summary>How many rows of a list may be asked for at once.</summary>
internal static class PageSize
{
    public static void Require(int pageSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pageSize, 10_000);
    }
}
