using System.Text.Json;
using Npgsql;

namespace SmeFinancialOs.Data.Audit.Tests.Mutations;

/// <summary>
/// What each role of the app really sees and writes, asked of the server with rows that a superuser has put there. Knows nothing of the audit and the probe.
/// </summary>
/// <remarks>
/// Every statement runs in a subtransaction that is undone. Triggers and foreign keys are off: what is found is what policies and privileges let through. A
/// unique key is checked after both, so that an error of it means that they let the row through. Statements have neither WHERE nor RETURNING, for which the
/// policies of SELECT would be asked, too.
/// </remarks>
internal sealed class TruthQuery
{
    /// <summary>Each answer is "table|role|state|statement|tenant whose row was seen or written".</summary>
    private const string Ask = """
        CREATE FUNCTION pg_temp.truth(setting text, roles text[], states jsonb, attacks jsonb) RETURNS SETOF text LANGUAGE plpgsql AS $function$
        DECLARE
            state record; attack record; who text; reached text[];
        BEGIN
            SET LOCAL session_replication_role = replica;
            FOR state IN SELECT s.value ->> 0 AS label, s.value ->> 1 AS id FROM jsonb_array_elements(states) s LOOP
                FOR attack IN SELECT * FROM jsonb_to_recordset(attacks) AS a (t text, kind text, privilege text, prepare text, statement text, effect text) LOOP
                    CONTINUE WHEN attack.kind = 'truncate' AND state.label <> 'A';
                    FOREACH who IN ARRAY roles LOOP
                        CONTINUE WHEN NOT CASE WHEN attack.privilege IN ('DELETE', 'TRUNCATE') THEN has_table_privilege(who, attack.t, attack.privilege)
                            ELSE has_any_column_privilege(who, attack.t, attack.privilege) END;
                        reached := '{}';
                        BEGIN
                            IF attack.prepare IS NOT NULL THEN
                                EXECUTE attack.prepare;
                            END IF;
                            IF state.id IS NOT NULL THEN
                                PERFORM set_config(setting, state.id, true);
                            END IF;
                            EXECUTE format('SET LOCAL ROLE %I', who);
                            IF attack.effect IS NULL THEN
                                EXECUTE attack.statement INTO reached;
                            ELSE
                                EXECUTE attack.statement;
                                SET LOCAL ROLE none;
                                EXECUTE attack.effect INTO reached;
                            END IF;
                            RAISE EXCEPTION USING ERRCODE = 'UNDO0';
                        EXCEPTION
                            WHEN SQLSTATE 'UNDO0' THEN NULL;
                            WHEN unique_violation THEN reached := ARRAY['key'];
                            WHEN OTHERS THEN reached := '{}';
                        END;
                        RETURN QUERY SELECT concat_ws('|', attack.t, who, state.label, attack.kind, r) FROM unnest(reached) AS r;
                    END LOOP;
                END LOOP;
            END LOOP;
        END $function$
        """;

    private static readonly object[] States =
    [
        new[] { "never set", null }, new[] { "empty", "" }, new[] { "A", MigratedDatabase.A }, new[] { "B", MigratedDatabase.B },
        new[] { "demo", MigratedDatabase.Demo }, new[] { "malformed", "no id" },
    ];

    private readonly MutatedSchema _schema;
    private readonly string _attacks;

    private TruthQuery(MutatedSchema schema, string attacks) => (_schema, _attacks) = (schema, attacks);

    internal static async Task<TruthQuery> PrepareAsync(NpgsqlConnection connection, MutatedSchema schema)
    {
        var attacks = new List<object>();
        foreach (var (table, key) in schema.Keys)
            attacks.AddRange(await AttacksAsync(connection, schema, table, key));
        return new(schema, JsonSerializer.Serialize(attacks));
    }

    /// <summary>In a session of its own: only in a new one a setting was never set.</summary>
    internal async Task<HashSet<string>> AskAsync()
    {
        await using var connection = await Sql.OpenAsync(_schema.ConnectionString, Sql.Cancel);
        await connection.RunAsync(Ask);
        await using var command = new NpgsqlCommand("SELECT pg_temp.truth($1, $2, $3, $4)", connection);
        command.Parameters.Add(new() { Value = MutatedSchema.Setting });
        command.Parameters.Add(new() { Value = _schema.Roles.ToArray() });
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(States), DataTypeName = "jsonb" });
        command.Parameters.Add(new() { Value = _attacks, DataTypeName = "jsonb" });
        await using var reader = await command.ExecuteReaderAsync(Sql.Cancel);
        var answers = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(Sql.Cancel))
            answers.Add(reader.GetString(0));
        return answers;
    }

    private static async Task<List<object>> AttacksAsync(NpgsqlConnection connection, MutatedSchema schema, string table, string key)
    {
        var labels = string.Concat(MutatedSchema.Tenants.Select(tenant => $"WHEN '{tenant.Value}' THEN '{tenant.Key}' "));
        var label = $"CASE {key}::text {labels}ELSE {key}::text END";
        var places = await connection.ListAsync<string>($"SELECT format('(%s::oid, %L::tid, %L)', tableoid::oid, ctid, {label}) FROM {table}");
        var touched = $"SELECT array_agg(v.l) FROM (VALUES {string.Join(", ", places.DefaultIfEmpty("(0::oid, NULL::tid, '')"))}) v (p, c, l) "
            + $"WHERE v.c IS NOT NULL AND NOT EXISTS (SELECT FROM {table} x WHERE x.tableoid = v.p AND x.ctid = v.c)";
        var columns = "SELECT quote_ident(attname) FROM pg_attribute "
            + $"WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''";
        var all = await connection.ListAsync<string>(columns + " ORDER BY attnum");
        var changed = (await connection.ListAsync<string>(columns + " AND attidentity <> 'a' ORDER BY attnum DESC"))
            .First(column => column != key);
        var literal = await connection.ScalarAsync<string>($"SELECT quote_nullable({changed}) FROM {table} LIMIT 1") ?? "NULL";
        List<object> attacks =
        [
            Attack("select", "SELECT", null, $"SELECT array_agg(DISTINCT {label}) FROM {table}", null),
            Attack("update", "UPDATE", null, $"UPDATE {table} SET {changed} = {literal}", touched),
            Attack("delete", "DELETE", null, $"DELETE FROM {table}", touched),
            Attack("truncate", "TRUNCATE", null, $"TRUNCATE {table} CASCADE", touched),
        ];
        foreach (var (name, id) in MutatedSchema.Tenants)
        {
            attacks.Add(Attack($"update to {name}", "UPDATE", null, $"UPDATE {table} SET {key} = '{id}'", touched));
            var line = await connection.ScalarAsync<string>($"SELECT quote_literal(to_jsonb(x)) FROM {table} x WHERE {key} = '{id}' LIMIT 1");
            if (line is null)
                continue;
            attacks.Add(Attack("insert", "INSERT", $"DELETE FROM {table} WHERE {key} = '{id}'",
                $"INSERT INTO {table} ({string.Join(", ", all)}) OVERRIDING SYSTEM VALUE "
                + $"SELECT {string.Join(", ", all)} FROM jsonb_populate_record(NULL::{table}, {line})",
                $"SELECT ARRAY['{name}'] WHERE EXISTS (SELECT FROM {table} WHERE {key} = '{id}')"));
        }
        return attacks;

        object Attack(string kind, string privilege, string? prepare, string statement, string? effect) =>
            new { t = table, kind, privilege, prepare, statement, effect };
    }
}
