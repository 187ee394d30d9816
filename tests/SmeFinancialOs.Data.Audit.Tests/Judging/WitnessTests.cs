using System.Text.RegularExpressions;
using Npgsql;

namespace SmeFinancialOs.Data.Audit.Tests.Judging;

/// <summary>
/// The audit evaluates expressions on made-up rows. Here a superuser puts the row that it names into the table, and the role does what it says with the
/// settings that
/// it says: what was called a hole lets a real row pass.
/// </summary>
public sealed partial class WitnessTests(LabelledDatabase database) : IClassFixture<LabelledDatabase>
{
    private const string NewRow = "UPDATE's new row";

    public static TheoryData<string> Holes => [.. LabelledPolicy.All.Where(policy => policy.Verdict == PolicyVerdict.Hole).Select(policy => policy.Name)];

    [Theory]
    [MemberData(nameof(Holes))]
    public async Task Row_that_the_audit_names_passes_on_the_server(string name)
    {
        var index = LabelledPolicy.All.ToList().FindIndex(policy => policy.Name == name && policy.Verdict == PolicyVerdict.Hole);
        var (policy, schema) = (LabelledPolicy.All[index], LabelledDatabase.SchemaOf(index));
        var judgement = database.Judgements[$"{schema}.t"];
        if (judgement.Reason.StartsWith("row-level security is off", StringComparison.Ordinal)
            || judgement.Reason.StartsWith("the role has", StringComparison.Ordinal))
        {
            await EveryRowPassesAsync(policy, schema);
            return;
        }
        var witness = Witness().Match(judgement.Reason);
        witness.Success.Should().BeTrue(judgement.Reason);
        var row = Values(witness.Groups["row"].Value);
        if (row.TrueForAll(item => item.Name != "id"))
            row.Add(("id", "1")); // a column that no policy names
        if (policy.Table.Contains("item_id", StringComparison.Ordinal) && row.TrueForAll(item => item.Name != "item_id"))
            row.Add(("item_id", "22"));
        await using var connection = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        await connection.RunAsync($"""
            BEGIN; SET LOCAL search_path = {schema}, public;
            INSERT INTO members VALUES (1001, 11, 'owner'), (2002, 22, 'owner'); INSERT INTO orders VALUES (1001, 11, 'open'), (2002, 22, 'open');
            {WitnessParents.Insert(policy, row)}
            """);
        var command = witness.Groups["command"].Value;
        var tenant = Item().Matches(witness.Groups["state"].Value).Where(setting => setting.Groups["name"].Value == "app.tenant")
            .Select(setting => setting.Groups["literal"].Value).FirstOrDefault("NULL");
        var own = WitnessParents.OwnKey(policy, tenant);
        if (command == NewRow)
            await connection.RunAsync(Insert("t", [.. own, ("id", "1")]));
        else if (command != "INSERT")
            await connection.RunAsync(Insert("t", row));
        await connection.RunAsync($"SET LOCAL SESSION AUTHORIZATION {database.Role}");
        foreach (Match setting in Item().Matches(witness.Groups["state"].Value))
            await connection.RunAsync($"SELECT set_config('{setting.Groups["name"].Value}', '{setting.Groups["value"].Value}', true)");
        if (witness.Groups["table"].Success)
            await connection.RunAsync(Insert(witness.Groups["table"].Value, Values(witness.Groups["inserted"].Value)));

        var affected = command switch
        {
            "SELECT" => (await connection.ListAsync<long>("SELECT count(*) FROM t"))[0],
            "INSERT" => await CountAsync(connection, Insert("t", row)),
            "UPDATE" => await UpdateAsync(connection, own),
            "DELETE" => await CountAsync(connection, "DELETE FROM t"),
            NewRow => await CountAsync(connection, $"UPDATE t SET {Assignments(row)}"),
            _ => throw new InvalidOperationException(command),
        };
        affected.Should().Be(1, judgement.Reason);
    }

    /// <summary>Reads no column, so that no SELECT policy is asked. Where the row may not stay the other tenant's, it becomes the own tenant's.</summary>
    private static async Task<long> UpdateAsync(NpgsqlConnection connection, List<(string Name, string Value)> own)
    {
        await connection.RunAsync("SAVEPOINT before");
        try
        {
            return await CountAsync(connection, "UPDATE t SET id = 2");
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            await connection.RunAsync("ROLLBACK TO before");
            return await CountAsync(connection, $"UPDATE t SET {Assignments(own)}");
        }
    }

    private async Task EveryRowPassesAsync(LabelledPolicy policy, string schema)
    {
        var row = WitnessParents.OwnKey(policy, "2002").ConvertAll(item => policy.IsChild ? (item.Name, "22") : item);
        await using var connection = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        await connection.RunAsync($"BEGIN; SET LOCAL search_path = {schema}, public; {WitnessParents.Insert(policy, row)}");
        await connection.RunAsync(Insert("t", [.. row, ("id", "1")]));
        await connection.RunAsync($"SET LOCAL SESSION AUTHORIZATION {database.Role}");
        (await connection.ListAsync<long>("SELECT count(*) FROM t")).Should().Equal(1);
    }

    private static string Assignments(List<(string Name, string Value)> row) => string.Join(", ", row.Select(item => $"{item.Name} = {item.Value}"));

    private static async Task<long> CountAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync(Sql.Cancel);
    }

    private static string Insert(string table, List<(string Name, string Value)> row) =>
        $"INSERT INTO {table} ({string.Join(", ", row.Select(item => item.Name))}) VALUES ({string.Join(", ", row.Select(item => item.Value))})";

    private static List<(string Name, string Value)> Values(string row) =>
        [.. Item().Matches(row).Select(item => (item.Groups["name"].Value, item.Groups["literal"].Value))];

    [GeneratedRegex(@"(?<command>SELECT|INSERT|UPDATE's new row|UPDATE|DELETE) of a row with \((?<row>.*?)\), when (?<state>.*?)"
        + @"(?: and (?<table>\S+) has got \((?<inserted>.*?)\) from the app)?; commands: ")]
    private static partial Regex Witness();

    [GeneratedRegex(@"(?<name>[\w.]+) = (?<literal>NULL|'(?<value>[^']*)')")]
    private static partial Regex Item();
}
