using Npgsql;

namespace SmeFinancialOs.Data.Audit.Tests.Mutations;

/// <summary>Every mutation of the tables of a schema, made from the catalog.</summary>
internal static class SchemaMutations
{
    private static readonly string[] Commands = ["ALL", "SELECT", "INSERT", "UPDATE", "DELETE"];
    private static readonly string[] Privileges = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"];

    internal static async Task<List<Mutation>> OfAsync(NpgsqlConnection connection, MutatedSchema schema)
    {
        var functions = await CalledFunction.ReadAsync(connection);
        var policies = (await PolicyState.ReadAsync(connection)).Where(policy => schema.Keys.ContainsKey(policy.Table)).ToList();
        List<Mutation> all = [.. policies.SelectMany(policy => OfPolicy(policy, schema, functions)
            .Where(mutation => mutation.Sql != mutation.Undo).DistinctBy(mutation => mutation.Sql))];
        foreach (var table in schema.Keys.Keys)
        {
            all.Add(new(table, "FORCE", "NO FORCE", $"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY", $"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"));
            all.Add(new(table, "row-level security", "DISABLE", $"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
                $"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"));
            foreach (var role in schema.Roles.Append("PUBLIC"))
            {
                foreach (var privilege in Privileges)
                {
                    var held = role != "PUBLIC" && await connection.ScalarAsync<bool>($"SELECT has_table_privilege('{role}', '{table}', '{privilege}')");
                    if (!held)
                    {
                        all.Add(new(table, "privilege", $"GRANT {privilege} TO {role}", $"GRANT {privilege} ON {table} TO {role}",
                            $"REVOKE {privilege} ON {table} FROM {role}"));
                    }
                }
            }
        }

        foreach (var function in functions)
        {
            foreach (var (name, body) in ExpressionMutations.OfSettings(function.Body, MutatedSchema.Other)
                .Append(("literal", $"'{MutatedSchema.Other}'::uuid")))
                all.Add(new(null, "function", $"{function.Call}: {name}", function.Returning(body), function.Definition));
        }
        return all;
    }

    private static IEnumerable<Mutation> OfPolicy(PolicyState policy, MutatedSchema schema, IReadOnlyList<CalledFunction> functions)
    {
        yield return Mutated("policy", "DROP", policy.Dropping);
        if (policy is { Using: not null, Check: not null })
            yield return Replaced("WITH CHECK", "dropped", policy with { Check = null });
        yield return Replaced("permissive or restrictive", "the other", policy with { IsPermissive = !policy.IsPermissive });
        foreach (var command in Commands.Where(command => command != policy.Command))
            yield return Replaced("command", $"FOR {command}", policy.For(command));
        if (policy.Roles is not ["PUBLIC"])
        {
            yield return Replaced("role", "TO PUBLIC", policy with { Roles = ["PUBLIC"] });
            foreach (var role in schema.Roles.Except(policy.Roles))
                yield return Replaced("role", $"TO {role}, too", policy with { Roles = [.. policy.Roles, role] });
            foreach (var role in policy.Roles.Where(_ => policy.Roles.Length > 1))
                yield return Replaced("role", $"not TO {role}", policy with { Roles = [.. policy.Roles.Where(other => other != role)] });
        }

        var key = schema.Keys[policy.Table];
        foreach (var (name, text) in policy.Using is null ? [] : ExpressionMutations.Of(policy.Using, key, MutatedSchema.Other, functions))
            yield return Replaced("USING", name, policy with { Using = text });
        foreach (var (name, text) in policy.Check is null ? []
            : ExpressionMutations.Of(policy.Check, key, MutatedSchema.Other, functions))
            yield return Replaced("WITH CHECK", name, policy with { Check = text });

        Mutation Replaced(string kind, string name, PolicyState other) => Mutated(kind, name, $"{policy.Dropping}; {other.Creating}");
        Mutation Mutated(string kind, string name, string sql) =>
            new(policy.Table, kind, $"{policy.Name} {name}", sql, $"{policy.Dropping}; {policy.Creating}");
    }
}
