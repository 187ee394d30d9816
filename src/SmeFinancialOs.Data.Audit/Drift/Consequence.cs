namespace SmeFinancialOs.Data.Audit.Drift;

/// <summary>
/// A verdict or a finding that changed, which is what the change of some other object did. Object: the table or what the finding is about. Role: whose verdict
/// it is; null for a finding.
/// </summary>
internal sealed class Consequence(FactChange change, string @object, string? role, SchemaChangeClass @class, string text)
{
    public FactChange Change => change;

    public string Object => @object;

    public string? Role => role;

    public SchemaChangeClass Class => @class;

    public string Text => text;

    /// <summary>A hole that is closed now, or an error or warning that is gone.</summary>
    public bool IsImprovement { get; init; }

    /// <summary>Whether some change is said to have brought it about.</summary>
    public bool IsExplained { get; set; }
}
