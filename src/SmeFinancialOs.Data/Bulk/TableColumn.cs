namespace SmeFinancialOs.Data.Bulk;

/// <summary>A column, as the catalog has it. What is said of its base type is that of the type itself, unless it is a domain.</summary>
internal sealed record TableColumn
{
    public required string Name { get; init; }

    public required long TypeOid { get; init; }

    public required string TypeSchema { get; init; }

    public required string TypeName { get; init; }

    public required string BaseSchema { get; init; }

    public required string BaseName { get; init; }

    /// <summary><c>typtype</c>: b(ase), c(omposite), e(num), r(ange), m(ultirange).</summary>
    public required string BaseKind { get; init; }

    /// <summary><c>typcategory</c>: A(rray), N(umber), S(tring) and others.</summary>
    public required string BaseCategory { get; init; }

    /// <summary>The category of an array's elements; of another type its own.</summary>
    public required string ElementCategory { get; init; }

    public required bool IsNotNull { get; init; }

    public required bool HasDefault { get; init; }

    /// <summary>GENERATED ALWAYS: computed, or an identity.</summary>
    public required bool IsGenerated { get; init; }

    /// <summary>Whether a BEFORE INSERT trigger of the table, or of a partition, can fill what a row leaves out.</summary>
    public required bool HasTrigger { get; init; }

    /// <summary>The labels of an enum type, or of the elements of an array.</summary>
    public string[]? Labels { get; init; }

    /// <summary>The type for SQL; without a length or precision, which a cast would cut a value to.</summary>
    public string SqlType => $"{TableName.Quote(TypeSchema)}.{TableName.Quote(TypeName)}";

    public bool IsArray => BaseCategory == "A";

    public bool IsBase(params ReadOnlySpan<string> names) => BaseSchema == "pg_catalog" && names.Contains(BaseName);
}
