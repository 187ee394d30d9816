namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>A row of another tenant that passes, or a row of any tenant when none is set. IsFixed: the key is NULL or stands in the policy.</summary>
internal sealed record Witness(string Command, SampleRow Row, SettingState State, bool IsFixed, string? After)
{
    public override string ToString() => $"{Command} of a row with {Row}, when {State}{(After is null ? "" : $" and {After}")}";
}
