using Npgsql;
using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>
/// A view that reads tenant tables with its owner's rights, and what a role may do with it. Commands: the letters of pg_policy. IsBarrier: conditions of
/// whoever asks come after the view's own. IsChecked: a row that is written must meet the view's condition.
/// </summary>
internal sealed record ViewFacts(Relation View, uint Role, string Query, bool IsBarrier, bool IsChecked, string Commands)
{
    private const string Views = """
        SELECT c.oid AS view, r.oid AS role, pg_get_viewdef(c.oid) AS query,
            EXISTS (SELECT FROM pg_options_to_table(c.reloptions) o WHERE o.option_name = 'security_barrier' AND o.option_value::boolean) AS barrier,
            EXISTS (SELECT FROM pg_options_to_table(c.reloptions) o WHERE o.option_name = 'check_option') AS checked,
            concat(CASE WHEN has_any_column_privilege(r.oid, c.oid, 'SELECT') THEN 'r' END,
                CASE WHEN has_any_column_privilege(r.oid, c.oid, 'INSERT') AND pg_relation_is_updatable(c.oid, true) & 8 > 0 THEN 'a' END,
                CASE WHEN has_any_column_privilege(r.oid, c.oid, 'UPDATE') AND pg_relation_is_updatable(c.oid, true) & 4 > 0 THEN 'w' END,
                CASE WHEN has_table_privilege(r.oid, c.oid, 'DELETE') AND pg_relation_is_updatable(c.oid, true) & 16 > 0 THEN 'd' END) AS commands
        FROM pg_class c, pg_roles r WHERE c.oid = ANY ($1) AND r.oid = ANY ($2) AND has_schema_privilege(r.oid, c.relnamespace, 'USAGE')
        ORDER BY c.oid::regclass::text, r.rolname
        """;

    internal static async Task<IReadOnlyList<ViewFacts>> ReadAsync(NpgsqlConnection connection, DatabaseModel model, CancellationToken cancellationToken)
    {
        var views = model.Catalog.Relations.Values.Where(view => view is { Kind: 'v', Invoker: false } && model.ReadsTenants(view.Oid)
            && model.AppGrants(GrantKind.Relation, view.Oid).Any()).ToDictionary(view => view.Oid);
        if (views.Count == 0)
            return [];
        var batch = new NpgsqlBatch(connection);
        await using var _ = batch.ConfigureAwait(false);
        batch.BatchCommands.Add(new("SELECT set_config('search_path', 'pg_catalog', false)"));
        batch.BatchCommands.Add(new(Views)
        {
            Parameters =
            {
                new() { Value = views.Keys.ToArray(), DataTypeName = "oid[]" },
                new() { Value = model.Identities.App.Select(role => role.Oid).ToArray(), DataTypeName = "oid[]" },
            },
        });
        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        var rows = new CatalogRows(reader, cancellationToken);
        await rows.NextAsync(row => 0).ConfigureAwait(false);
        var facts = await rows.NextAsync(row => new ViewFacts(views[row.Oid("view")], row.Oid("role"), row.Text("query").TrimEnd(';'), row.Flag("barrier"),
            row.Flag("checked"), row.Text("commands"))).ConfigureAwait(false);
        return [.. facts.Where(view => view.Commands.Length > 0)];
    }
}
