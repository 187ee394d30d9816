namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>The kinds of types that a tenant's id has.</summary>
internal enum ValueFamily
{
    Other,
    Uuid,
    Integer,
    Text,
}

internal static class ValueFamilies
{
    /// <summary>The name is format_type's, without a length.</summary>
    internal static ValueFamily Of(string type) => type switch
    {
        "uuid" => ValueFamily.Uuid,
        "smallint" or "integer" or "bigint" or "numeric" => ValueFamily.Integer,
        "text" or "character varying" or "character" or "name" => ValueFamily.Text,
        _ when type == "citext" || type.EndsWith(".citext", StringComparison.Ordinal) => ValueFamily.Text,
        _ => ValueFamily.Other,
    };
}
