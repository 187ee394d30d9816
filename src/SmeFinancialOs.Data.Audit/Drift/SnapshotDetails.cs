using Npgsql;
using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Drift;

internal sealed record DetailedMembership(uint Role, uint Member, bool Inherits, bool Sets, bool Admin);

/// <summary>Column is null for a privilege on all of the object. Kind is that of CatalogQueries.</summary>
internal sealed record DetailedGrant(GrantKind Kind, uint Object, string? Column, uint Grantee, string Privilege, bool Grantable);

internal sealed record DetailedTrigger(uint Relation, string Name, string Function, string Enabled, string Definition);

/// <summary>What a snapshot needs besides what the rules read.</summary>
internal sealed record SnapshotDetails(IReadOnlyList<DetailedMembership> Memberships, IReadOnlyList<DetailedGrant> Grants,
    IReadOnlyList<DetailedTrigger> Triggers, IReadOnlyDictionary<uint, string> ViewDefinitions, IReadOnlySet<uint> RolesNotTaken)
{
    /// <summary>to_jsonb, because the columns do not exist on 15. Several grantors may have granted the same.</summary>
    private const string MembershipQuery = """
        SELECT m.roleid, m.member, bool_or(coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, r.rolinherit)) AS inherits,
            bool_or(coalesce((to_jsonb(m) ->> 'set_option')::boolean, true)) AS sets, bool_or(m.admin_option) AS admin
        FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member GROUP BY m.roleid, m.member
        """;

    private const string GrantQuery = """
        SELECT 0 AS kind, c.oid AS object, NULL::text AS column, a.grantee, a.privilege_type, a.is_grantable
            FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = ANY ($1) AND a.grantee <> c.relowner
        UNION ALL SELECT 0, c.oid, quote_ident(t.attname), a.grantee, a.privilege_type, a.is_grantable
            FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid AND t.attacl IS NOT NULL, aclexplode(t.attacl) a
            WHERE c.oid = ANY ($1) AND a.grantee <> c.relowner
        UNION ALL SELECT 1, n.oid, NULL, a.grantee, a.privilege_type, a.is_grantable
            FROM pg_namespace n, aclexplode(n.nspacl) a WHERE n.oid = ANY ($2) AND a.grantee <> n.nspowner
        UNION ALL SELECT 2, p.oid, NULL, a.grantee, a.privilege_type, a.is_grantable
            FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE p.oid = ANY ($3) AND a.grantee <> p.proowner
        UNION ALL SELECT 3, 0, NULL, a.grantee, a.privilege_type, a.is_grantable
            FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a WHERE d.datname = current_database() AND a.grantee <> d.datdba
        """;

    private const string TriggerQuery = """
        SELECT g.tgrelid AS relation, quote_ident(g.tgname) AS name, g.tgfoid::regprocedure::text AS function, g.tgenabled::text AS enabled,
            pg_get_triggerdef(g.oid) AS definition
        FROM pg_trigger g WHERE g.tgrelid = ANY ($1) AND NOT g.tgisinternal
        """;

    private const string ViewQuery = "SELECT c.oid, pg_get_viewdef(c.oid) AS definition FROM pg_class c WHERE c.oid = ANY ($1) AND c.relkind IN ('v', 'm')";

    /// <summary>The roles of the app that the login of the snapshot may not become, so that it cannot evaluate policies as they do.</summary>
    private const string NotTakenQuery = """
        SELECT r.oid FROM pg_roles r, pg_roles s WHERE r.oid = ANY ($1) AND s.rolname = session_user AND NOT s.rolsuper
            AND NOT pg_has_role(s.oid, r.oid, CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END)
        """;

    internal static async Task<SnapshotDetails> ReadAsync(NpgsqlConnection connection, DatabaseModel model, CancellationToken cancellationToken)
    {
        var relations = model.Catalog.Relations.Keys.ToArray();
        var batch = new NpgsqlBatch(connection);
        await using var _ = batch.ConfigureAwait(false);
        batch.BatchCommands.Add(new("SET LOCAL search_path = pg_catalog"));
        batch.BatchCommands.Add(new(MembershipQuery));
        batch.BatchCommands.Add(Command(GrantQuery, relations, model.Catalog.Schemas.Select(schema => schema.Oid).ToArray(),
            model.Catalog.Functions.Keys.ToArray()));
        batch.BatchCommands.Add(Command(TriggerQuery, model.TenantTables.Select(table => table.Oid).ToArray()));
        batch.BatchCommands.Add(Command(ViewQuery, relations));
        batch.BatchCommands.Add(Command(NotTakenQuery, model.Identities.App.Select(role => role.Oid).ToArray()));
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = transaction.ConfigureAwait(false);
        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var ___ = reader.ConfigureAwait(false);
        var rows = new CatalogRows(reader, cancellationToken);
        return new(
            await rows.NextAsync(r => new DetailedMembership(r.Oid("roleid"), r.Oid("member"), r.Flag("inherits"), r.Flag("sets"), r.Flag("admin")))
                .ConfigureAwait(false),
            await rows.NextAsync(r => new DetailedGrant((GrantKind)r.Integer("kind"), r.Oid("object"), r.TextOrNull("column"), r.Oid("grantee"),
                r.Text("privilege_type"), r.Flag("is_grantable"))).ConfigureAwait(false),
            await rows.NextAsync(r => new DetailedTrigger(r.Oid("relation"), r.Text("name"), r.Text("function"), r.Text("enabled"), r.Text("definition")))
                .ConfigureAwait(false),
            (await rows.NextAsync(r => (Oid: r.Oid("oid"), Text: r.Text("definition"))).ConfigureAwait(false))
                .ToDictionary(view => view.Oid, view => view.Text),
            (await rows.NextAsync(r => r.Oid("oid")).ConfigureAwait(false)).ToHashSet());
    }

    private static NpgsqlBatchCommand Command(string sql, params uint[][] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var oids in parameters)
            command.Parameters.Add(new() { Value = oids, DataTypeName = "oid[]" });
        return command;
    }
}
