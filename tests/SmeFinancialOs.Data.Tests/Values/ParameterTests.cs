using System.Data;
using System.Dynamic;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace SmeFinancialOs.Data.Tests.Values;

/// <summary>Parameters of every kind that Dapper takes: a session does the same with them, or refuses them before anything is sent.</summary>
public sealed class ParameterTests(ValueFixture fixture) : IClassFixture<ValueFixture>
{
    private static readonly Dictionary<string, (string Sql, Func<object?> Make)> Same = new()
    {
        ["DbString"] = ("SELECT pg_typeof(@x)::text || @x", () => new { x = new DbString { Value = "a", Length = 10 } }),
        ["DbString, fixed and ANSI"] = ("SELECT pg_typeof(@x)::text || @x", () => new { x = FixedAnsi }),
        ["array for ANY"] = ("SELECT string_agg(i::text, ',') FROM generate_series(1, 5) i WHERE i = ANY(@ids)", () => new { ids = new[] { 2, 4 } }),
        ["list for ANY"] = ("SELECT string_agg(i::text, ',') FROM generate_series(1, 5) i WHERE i = ANY(@ids)", () => new { ids = new List<int> { 2, 4 } }),
        ["list for IN"] = ("SELECT string_agg(i::text, ',') FROM generate_series(1, 5) i WHERE i IN @ids", () => new { ids = new[] { 2, 4 } }),
        ["empty list for IN"] = ("SELECT 'x' WHERE 1 IN @ids", () => new { ids = Array.Empty<int>() }),
        ["list in a bag for IN"] = ("SELECT 'x' WHERE 1 IN @ids", () => Bag(bag => bag.Add("ids", new[] { 1 }))),
        ["literal"] = ("SELECT ({=x} + 1)::text", () => new { x = 41 }),
        ["literal of a list"] = ("SELECT string_agg(i::text, ',') FROM generate_series(1, 5) i WHERE i IN {=ids}", () => new { ids = new[] { 2, 4 } }),
        ["literal of a bag"] = ("SELECT ({=x} + @y)::text", () => Bag(bag => { bag.Add("x", 1); bag.Add("y", 2); })),
        ["literal of an enum"] = ("SELECT {=x}::text", () => new { x = Level.Second }),
        ["custom"] = ("SELECT pg_typeof(@x)::text || @x", () => new { x = new JsonParameter("{}") }),
        ["custom that casts the command"] = ("SELECT pg_typeof(@x)::text || @x", () => new { x = new CastingParameter("{}") }),
        ["custom in a bag"] = ("SELECT pg_typeof(@x)::text || @x", () => Bag(bag => bag.Add("x", new CastingParameter("{}")))),
        ["host's bag"] = ("SELECT pg_typeof(@x)::text || @x", () => new HostParameters(command => command.Parameters.AddWithValue("x", NpgsqlDbType.Varchar,
            "v"))),
        ["host's bag that rewrites"] = ("SELECT @y", () => new HostParameters(command => command.CommandText = "SELECT 'rewritten'")),
        ["host's bag with array"] = ("SELECT (@x)[2]::text", () => new HostParameters(command => command.Parameters.Add(new NpgsqlParameter<int[]>("x", [7,
            8])))),
        ["derived bag"] = ("SELECT 'x' || @x", () => Derived("x")),
        ["bag with template"] = ("SELECT @x || @y", () => Bag(bag => { bag.AddDynamicParams(new { x = "a" }); bag.Add("y", "b"); })),
        ["bag with type"] = ("SELECT pg_typeof(@x)::text", () => Bag(bag => bag.Add("x", "2026-01-02", DbType.AnsiString, size: 20))),
        ["prefix in a bag"] = ("SELECT @x::text", () => Bag(bag => bag.Add("@x", 5))),
        ["dictionary"] = ("SELECT @x || @y", () => new Dictionary<string, object> { ["x"] = "a", ["y"] = "b" }),
        ["expando"] = ("SELECT @x::text", () => Expando(5)),
        ["enum"] = ("SELECT pg_typeof(@x)::text || @x", () => new { x = Level.Second }),
        ["handled"] = ("SELECT @x || 'y'", () => new { x = new Handled("h") }),
        ["handled struct"] = ("SELECT @x || 'y'", () => new { x = new HandledStruct("h") }),
        ["char"] = ("SELECT pg_typeof(@x)::text || @x", () => new { x = 'c' }),
        ["date"] = ("SELECT pg_typeof(@x)::text || @x", () => new { x = new DateOnly(2026, 1, 2) }),
        ["time"] = ("SELECT pg_typeof(@x)::text || @x", () => new { x = new TimeOnly(3, 4) }),
        ["moment"] = ("SELECT pg_typeof(@x)::text", () => new { x = DateTime.UtcNow }),
        ["local moment"] = ("SELECT pg_typeof(@x)::text", () => new { x = DateTime.Now }),
        ["unsigned"] = ("SELECT pg_typeof(@x)::text || @x", () => new { x = 5UL }),
        ["bytes"] = ("SELECT pg_typeof(@x)::text || @x::text", () => new { x = new byte[] { 1, 2 } }),
        ["null"] = ("SELECT coalesce(@x::text, 'none')", () => new { x = (int?)null }),
        ["null in a bag"] = ("SELECT coalesce(@x::text, 'none')", () => Bag(bag => bag.Add("x", null))),
        ["range"] = ("SELECT @x::text", () => new { x = new NpgsqlRange<int>(1, 5) }),
        ["data table"] = ("SELECT @x::text", () => new { x = Table() }),
        ["table-valued"] = ("SELECT @x::text", () => new { x = Table().AsTableValuedParameter("value_composite") }),
        ["tuple"] = ("SELECT @x::text", () => (x: 1, y: 2)),
        ["none"] = ("SELECT @x::text", () => null),
        ["one that is missing"] = ("SELECT @x::text", () => new { y = 1 }),
        ["procedure by its name"] = ("value_put", () => new { n = 5 }),
        ["procedure with an OUT parameter, as a row"] = ("CALL value_add(@n, NULL)", () => new { n = 5 }),
    };

    private static readonly Dictionary<string, Func<object>> Refusals = new()
    {
        ["output in a bag"] = () => Bag(bag => bag.Add("n", dbType: DbType.Int32, direction: ParameterDirection.Output)),
        ["input and output in a bag"] = () => Bag(bag => bag.Add("n", 5, direction: ParameterDirection.InputOutput)),
        ["return value in a bag"] = () => Bag(bag => bag.Add("n", dbType: DbType.Int32, direction: ParameterDirection.ReturnValue)),
        ["output into a member"] = () => Bag(bag => bag.AddDynamicParams(new { n = 5 })).Output(new Members(), members => members.Id),
        ["output into a member of the template"] = () =>
        {
            var template = new Members { Id = 5 };
            return new DynamicParameters(template).Output(template, members => members.Id);
        },
        ["output of a derived bag"] = () =>
        {
            var bag = new DerivedParameters();
            bag.Add("n", 5, direction: ParameterDirection.InputOutput);
            return bag;
        },
        ["output of a host's bag"] = () => new HostParameters(command =>
            command.Parameters.Add(new NpgsqlParameter("n", 5) { Direction = ParameterDirection.InputOutput })),
        ["output of a custom parameter"] = () => new { n = new OutputParameter() },
        ["called back"] = () => new CalledBack(command => command.Parameters.AddWithValue("n", 5)),
        ["called back, derived"] = () =>
        {
            var bag = new DerivedCalledBack();
            bag.Add("n", 5);
            return bag;
        },
        ["timeout"] = () => new HostParameters(command => { command.Parameters.AddWithValue("n", 5); command.CommandTimeout = 1; }),
        ["results as text"] = () => new HostParameters(command => { command.Parameters.AddWithValue("n", 5); command.AllResultTypesAreUnknown = true; }),
    };

    public static TheoryData<string> Kinds => [.. Same.Keys];

    public static TheoryData<string> RefusedKinds => [.. Refusals.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Session_does_with_parameters_what_Dapper_does(string kind)
    {
        var (sql, make) = Same[kind];
        var session = fixture.SessionOn(fixture.Source);
        await using var plain = await fixture.Source.OpenConnectionAsync();
        var expected = await AnswerAsync(async () => [.. await plain.QueryAsync<string>(sql, make())]);
        (await AnswerAsync(async () => [.. await session.QueryAsync<string>(sql, make())])).Should().Be(expected);
        (await AnswerAsync(async () =>
        {
            var batch = session.CreateBatch();
            var result = batch.AddQuery<string>(sql, make());
            await batch.ExecuteAsync();
            return [.. result.Value];
        })).Should().Be(expected);
        (await AnswerAsync(async () => [await session.ExecuteScalarAsync<string>(sql, make())])).Should().Be(
            await AnswerAsync(async () => [await plain.ExecuteScalarAsync<string>(sql, make())]));
        (await AnswerAsync(async () => [$"{await session.ExecuteAsync(sql, make())}"])).Should().Be(await AnswerAsync(async () =>
            [$"{await plain.ExecuteAsync(sql, make())}"]));
    }

    [Theory]
    [MemberData(nameof(RefusedKinds))]
    public async Task What_cannot_be_filled_or_kept_is_refused_before_anything_is_sent(string kind)
    {
        var make = Refusals[kind];
        var session = fixture.SessionOn(fixture.Source);
        var rows = await fixture.TruthAsync<long>("SELECT count(*) FROM value_rows");
        const string sql = "INSERT INTO value_rows VALUES (coalesce(@n, 5)) RETURNING n";
        Func<Task>[] calls =
        [
            () => session.ExecuteAsync(sql, make()),
            () => session.QueryAsync<int>(sql, make()),
            () => session.QuerySingleOrDefaultAsync<int>(sql, make()),
            () => session.ExecuteScalarAsync<int>(sql, make()),
            () => session.QueryUnbufferedAsync<int>(sql, make()).ToListAsync().AsTask(),
            () => Task.FromResult(session.CreateBatch().AddExecute(sql, make())),
            () => Task.FromResult(session.CreateBatch().AddQuery<int>(sql, make())),
            () => Task.FromResult(session.CreateBatch().AddExecuteScalar<int>(sql, make())),
        ];
        foreach (var call in calls)
            (await call.Should().ThrowAsync<ArgumentException>()).WithParameterName("parameters").Which.Message.Length.Should().BeGreaterThan(60);
        if (kind.StartsWith("output", StringComparison.Ordinal))
            (await session.Invoking(s => s.ExecuteAsync(sql, new[] { make() })).Should().ThrowAsync<ArgumentException>()).WithMessage("*CALL*");
        (await fixture.TruthAsync<long>("SELECT count(*) FROM value_rows")).Should().Be(rows);
    }

    private static DbString FixedAnsi => new() { Value = "a", IsAnsi = true, IsFixedLength = true, Length = 3 };

    private static DerivedParameters Derived(string name)
    {
        var bag = new DerivedParameters();
        bag.Add(name, "v");
        return bag;
    }

    private static ExpandoObject Expando(int x)
    {
        var bag = new ExpandoObject();
        ((IDictionary<string, object?>)bag)["x"] = x;
        return bag;
    }

    private static DynamicParameters Bag(Action<DynamicParameters> fill)
    {
        var bag = new DynamicParameters();
        fill(bag);
        return bag;
    }

    private static DataTable Table()
    {
        var table = new DataTable();
        table.Columns.Add("id", typeof(int));
        table.Rows.Add(1);
        return table;
    }

    private static async Task<string> AnswerAsync(Func<Task<IReadOnlyList<string?>>> call)
    {
        try
        {
            return ValueText.Of((await call()).ToArray());
        }
        catch (Exception fault)
        {
            return fault is PostgresException or TenantDataException
                ? (fault as TenantDataException)?.SqlState ?? ((PostgresException)fault).SqlState : "fails";
        }
    }
}
