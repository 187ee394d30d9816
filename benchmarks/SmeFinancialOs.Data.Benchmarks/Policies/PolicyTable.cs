using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Policies;

/// <summary>A copy of the invoices under one form of the policy, in a schema of its own.</summary>
/// <param name="Form">The form.</param>
/// <param name="Title">As the tables name it.</param>
/// <param name="Predicate">The policy's USING clause; null without a policy.</param>
internal sealed record PolicyTable(PolicyForm Form, string Title, string? Predicate)
{
    /// <summary>It owns 30 % as it is; the ids are random.</summary>
    private const int OfOthersIn256 = 73;

    private const string VolatileFunction = "app.organization_of_request()";

    public static IReadOnlyList<PolicyTable> All { get; } =
    [
        new(PolicyForm.None, "no policy, WHERE", Predicate: null),
        new(PolicyForm.Wrapped, "wrapped (this library)", "org_id = (SELECT app.current_org_id())"),
        new(PolicyForm.Unwrapped, "not wrapped", "org_id = app.current_org_id()"),
        new(PolicyForm.CastColumn, "cast on the column", "org_id::text = current_setting('app.current_org_id', true)"),
        new(PolicyForm.VolatileFunction, "VOLATILE function", $"org_id = {VolatileFunction}"),
        new(PolicyForm.OrMembership, "wrapped OR pg_has_role", "org_id = (SELECT app.current_org_id()) OR pg_has_role(current_user, 'admin_role', 'MEMBER')"),
    ];

    /// <summary>What the policies call. PL/pgSQL, as an SQL function would be inlined and its volatility forgotten.</summary>
    public static string CreateFunctionSql => $"""
        CREATE FUNCTION {VolatileFunction} RETURNS uuid LANGUAGE plpgsql AS
            'BEGIN RETURN NULLIF(current_setting(''app.current_org_id'', true), '''')::uuid; END';
        -- admin_user is the member of admin_role that looks for foreign rows.
        GRANT USAGE ON SCHEMA app TO admin_user;
        GRANT EXECUTE ON FUNCTION app.current_org_id() TO admin_user;
        """;

    public string Schema { get; } = $"form_{Form.ToString().ToLowerInvariant()}";

    /// <summary>Some of the others' invoices become the largest organization's, until it owns half: then it matters what an index is worth.</summary>
    public string CreateSql(Guid largest) => $"""
        CREATE SCHEMA {Schema};
        CREATE TABLE {Schema}.invoices AS
            SELECT CASE WHEN get_byte(uuid_send(id), 0) < {OfOthersIn256} THEN '{largest}' ELSE org_id END AS org_id,
                   id, number, amount_cents, customer_name, status, issued_at, created_at
            FROM {TwinTables.Schema}.invoices;
        CREATE INDEX by_organization ON {Schema}.invoices (org_id, issued_at DESC, id);
        ALTER TABLE {Schema}.invoices SET (autovacuum_enabled = false);
        GRANT USAGE ON SCHEMA {Schema} TO {HandWrittenCode.TenantRole}, admin_user;
        GRANT SELECT ON {Schema}.invoices TO {HandWrittenCode.TenantRole}, admin_user;
        {(Predicate is null ? "" : $"ALTER TABLE {Schema}.invoices ENABLE ROW LEVEL SECURITY; CREATE POLICY form ON {Schema}.invoices USING ({Predicate});")}
        """;

    /// <summary>Filtered by the policy, or by a WHERE clause where there is none.</summary>
    public Queries Queries => new(Schema, Predicate is null ? HandWrittenCode.WhereOrganization : "");
}
