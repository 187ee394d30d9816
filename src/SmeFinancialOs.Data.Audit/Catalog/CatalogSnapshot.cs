namespace SmeFinancialOs.Data.Audit.Catalog;

/// <summary>What the audit read. Names are quoted where SQL needs it; roles and objects are known by their oid, PUBLIC is 0.</summary>
internal sealed record CatalogSnapshot
{
    public required Version ServerVersion { get; init; }

    public required Database Database { get; init; }

    public required IReadOnlyDictionary<uint, Role> Roles { get; init; }

    public required IReadOnlyList<Membership> Memberships { get; init; }

    public required IReadOnlyDictionary<uint, Relation> Relations { get; init; }

    public required ILookup<uint, Column> Columns { get; init; }

    public required ILookup<(GrantKind Kind, uint Object), Grant> Grants { get; init; }

    public required ILookup<uint, Index> Indexes { get; init; }

    public required ILookup<uint, ForeignKey> ForeignKeys { get; init; }

    public required IReadOnlyList<Policy> Policies { get; init; }

    public required IReadOnlyDictionary<uint, Function> Functions { get; init; }

    public required ILookup<uint, uint> ReadByView { get; init; }

    public required IReadOnlyList<DefaultSetting> DefaultSettings { get; init; }

    public required IReadOnlyList<PublishedTable> Publications { get; init; }

    public required IReadOnlyList<Schema> Schemas { get; init; }

    public required IReadOnlyList<DefaultPrivilege> DefaultPrivileges { get; init; }

    public required IReadOnlyList<EventTrigger> EventTriggers { get; init; }

    public required ILookup<uint, Trigger> Triggers { get; init; }

    public required IReadOnlyList<RewriteRule> RewriteRules { get; init; }

    public IReadOnlyList<GuardAllowance> GuardAllowances { get; init; } = [];

    /// <summary>What the login of the audit may not read.</summary>
    public IReadOnlyList<string> Unread { get; init; } = [];

    public required IReadOnlyList<ParameterGrant> ParameterGrants { get; init; }
}
