namespace SmeFinancialOs.Data.Audit.Catalog;

/// <summary>A row of each answer, by the names that CatalogQueries gives its columns.</summary>
internal static class CatalogMaps
{
    internal static Database Database(CatalogRow r) => new(r.Text("name"), r.Oid("owner"), r.Integer("prepared_transactions"), r.Texts("pending"));

    internal static Role Role(CatalogRow r) => new(r.Oid("oid"), r.Text("name"), Superuser: r.Flag("rolsuper"), BypassesRls: r.Flag("rolbypassrls"),
        CreatesRoles: r.Flag("rolcreaterole"), Replicates: r.Flag("rolreplication"), Inherits: r.Flag("rolinherit"), LogsIn: r.Flag("rolcanlogin"));

    internal static Membership Membership(CatalogRow r) =>
        new(r.Oid("roleid"), r.Oid("member"), r.Oid("grantor"), r.FlagOrNull("inherits"), r.Flag("usable"));

    internal static Relation Relation(CatalogRow r) => new(r.Oid("oid"), r.Text("name"), r.Oid("schema"), r.Letter("kind"), r.Oid("owner"),
        r.Flag("row_security"), r.Flag("forced"), r.Flag("temporary"), r.Flag("invoker"), r.Oids("parents"), r.TextOrNull("definition"));

    internal static ColumnType ColumnType(CatalogRow r) => new(r.Oid("oid"), r.Text("name"), r.Oid("base"));

    internal static Column Column(CatalogRow r, IReadOnlyDictionary<uint, ColumnType> types)
    {
        var type = types[r.Oid("type")];
        var baseType = types.GetValueOrDefault(type.Base) ?? type;
        return new(r.Oid("relation"), r.Number("number"), r.Text("name"), type.Name, baseType.Name, r.Flag("not_null"));
    }

    internal static Grant Grant(CatalogRow r) =>
        new((GrantKind)r.Integer("kind"), r.Oid("object"), r.Oid("grantee"), r.Text("privilege_type"), r.Integer("attribute"));

    internal static Index Index(CatalogRow r) => new(r.Oid("oid"), r.Oid("relation"), r.Text("name"), r.TextOrNull("constraint_name"), r.Numbers("columns"),
        Unique: r.Flag("indisunique"), Primary: r.Flag("indisprimary"), Exclusion: r.Flag("indisexclusion"), r.Flag("partial"),
        Immediate: r.Flag("indimmediate"), r.TextOrNull("definition"));

    internal static ForeignKey ForeignKey(CatalogRow r) => new(r.Text("name"), r.Oid("relation"), r.Oid("target"), r.Oid("index"), r.Numbers("columns"),
        r.Numbers("target_columns"), r.Letter("on_delete"), r.Letter("on_update"), r.Numbers("on_delete_columns"),
        Deferrable: r.Flag("condeferrable"), Deferred: r.Flag("condeferred"), Validated: r.Flag("convalidated"), r.Flag("enforced"), r.Flag("after_policies"));

    internal static Policy Policy(CatalogRow r) => new(r.Oid("relation"), r.Text("name"), r.Flag("permissive"), r.Letter("command"), r.Oids("roles"),
        r.TextOrNull("using"), r.TextOrNull("check_expression"), r.Oids("functions"), r.Oids("reads"));

    internal static Function Function(CatalogRow r) => new(r.Oid("oid"), r.Oid("schema"), r.Text("name"), r.Text("sql_name"), r.Text("signature"),
        r.Oid("owner"), r.Flag("definer"), r.Flag("leakproof"), r.Letter("volatility"), r.Integer("arguments"), r.Text("returns"), r.Texts("settings"),
        r.Text("body"), r.Flag("standard_body"), r.Text("language"), r.TextOrNull("definition"), r.Flag("system"))
    {
        IsStrict = r.Flag("strict"),
        ReturnsSet = r.Flag("returns_set"),
        IsNamedLikeSystem = r.Flag("like_system"),
        Parameters = r.Texts("parameters"),
        ParameterTypes = r.TextsOrNull("parameter_types"),
        Inputs = [.. r.Texts("input_types").Select((type, i) => (r.Texts("inputs").ElementAtOrDefault(i) ?? "", type))],
    };

    internal static (uint View, uint Read) ViewRead(CatalogRow r) => (r.Oid("view"), r.Oid("read"));

    internal static DefaultSetting DefaultSetting(CatalogRow r) => new(r.TextOrNull("role"), r.TextOrNull("database"), r.Text("setting"));

    internal static PublishedTable PublishedTable(CatalogRow r) => new(r.Text("publication"), r.Oid("relation"), r.Flag("filtered"), r.Text("form"));

    internal static Schema Schema(CatalogRow r) => new(r.Oid("oid"), r.Text("name"), r.Oid("owner"));

    internal static DefaultPrivilege DefaultPrivilege(CatalogRow r) =>
        new(r.Text("owner"), r.TextOrNull("schema"), r.Oid("grantee"), r.Text("privilege_type"));

    internal static EventTrigger EventTrigger(CatalogRow r) =>
        new(r.Text("name"), r.Letter("enabled"), r.Oid("function"), r.Text("event"), r.TextsOrNull("tags"));

    internal static Trigger Trigger(CatalogRow r) => new(r.Oid("relation"), r.Text("name"), r.Oid("function"), r.Letter("enabled"), r.Flag("internal"))
    {
        Type = r.Number("type"),
        Columns = r.Numbers("columns"),
        IsConditional = r.Flag("conditional"),
    };

    internal static RewriteRule RewriteRule(CatalogRow r) => new(r.Oid("relation"), r.Text("name"));

    internal static ParameterGrant ParameterGrant(CatalogRow r) => new(r.Text("parameter"), r.Oid("grantee"), r.Text("privilege_type"));

    internal static GuardAllowance GuardAllowance(CatalogRow r) => new(r.Oid("relation"), r.Text("reason"), r.Flag("gone"));
}
