namespace SmeFinancialOs.Data.Bulk;

/// <summary>Times as their columns hold them. One of the wrong kind is refused, as Npgsql does: nobody knows which moment is meant.</summary>
internal static class ColumnTime
{
    public static DateTime Utc(DateTimeOffset value) => value.UtcDateTime;

    public static DateTime RequireUtc(DateTime value) => value.Kind == DateTimeKind.Utc || IsInfinite(value) ? DateTime.SpecifyKind(value, DateTimeKind.Utc)
        : throw new UnwritableValueException($"a DateTime of kind {value.Kind} is no moment for timestamp with time zone; use one of kind Utc");

    public static DateTime RequireLocal(DateTime value) => value.Kind != DateTimeKind.Utc ? DateTime.SpecifyKind(value, DateTimeKind.Unspecified)
        : throw new UnwritableValueException("a DateTime of kind Utc would lose its time zone in timestamp without time zone; use one of kind Unspecified");

    public static DateOnly RequireDate(DateTime value) => value.TimeOfDay == TimeSpan.Zero || IsInfinite(value) ? DateOnly.FromDateTime(value)
        : throw new UnwritableValueException("a DateTime with a time of day would lose it in a date; use DateOnly or DateTime.Date");

    public static TimeOnly OfDay(TimeSpan value) => value >= TimeSpan.Zero && value < TimeSpan.FromDays(1) ? TimeOnly.FromTimeSpan(value)
        : throw new UnwritableValueException("a TimeSpan that is negative or a day or longer is no time of day");

    /// <summary>Npgsql writes these as -infinity and infinity, whatever their kind.</summary>
    private static bool IsInfinite(DateTime value) => value == DateTime.MinValue || value == DateTime.MaxValue;
}
