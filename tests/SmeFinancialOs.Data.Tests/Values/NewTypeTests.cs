using System.Data;
using Dapper;
using Npgsql;

namespace SmeFinancialOs.Data.Tests.Values;

/// <summary>A type that is created after the data source has read the types of the database, as by a migration under a running host.</summary>
public sealed class NewTypeTests(ValueFixture fixture) : IClassFixture<ValueFixture>
{
    private readonly string _type = "value_" + Guid.NewGuid().ToString("N");

    /// <summary>What becomes of the type, and a column of it.</summary>
    public static TheoryData<string, string> Types => new()
    {
        { "AS ENUM ('new', 'old')", "'new'::T" },
        { "AS ENUM ('new', 'old')", "ARRAY['new']::T[]" },
        { "AS ENUM ('new', 'old')", "NULL::T" },
        { "AS (id int, name text)", "ROW(1, 'n')::T" },
        { "AS RANGE (subtype = int8)", "T(1, 2)" },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Column_of_a_new_type_says_to_reload_types(string definition, string column)
    {
        await using var source = await StartedAsync();
        await fixture.AsSuperuserAsync($"CREATE TYPE {_type} {definition}");
        var session = fixture.ReaderOn(source);
        var sql = $"SELECT 1 AS id, {column.Replace("T", _type, StringComparison.Ordinal)} AS value";
        var alone = sql.Replace("1 AS id, ", "", StringComparison.Ordinal);
        Func<Task>[] calls =
        [
            () => session.QueryAsync<ValueMember>(sql),
            () => session.QueryAsync<string>(alone),
            () => session.QueryAsync<(int, string)>(sql),
            () => session.QueryAsync<dynamic>(sql),
            () => session.QuerySingleOrDefaultAsync<object>(sql),
            () => session.QueryUnbufferedAsync<string>(alone).ToListAsync().AsTask(),
            () => session.ExecuteScalarAsync<string>(alone),
            () => session.ExecuteScalarAsync<object>(alone),
            () => InBatchAsync(session, batch => batch.AddExecuteScalar<string>(alone)),
        ];
        foreach (var call in calls)
        {
            var fault = (await call.Should().ThrowAsync<UnknownDatabaseTypeException>()).Which;
            fault.Message.Should().Contain("\"value\"").And.Contain("ReloadTypesAsync");
        }

        (await session.ExecuteScalarAsync<string>($"SELECT ({column.Replace("T", _type, StringComparison.Ordinal)})::text")).Should().Match(text =>
            column.StartsWith("NULL") == (text == null));
    }

    [Fact]
    public async Task Parameter_of_a_new_type_says_to_reload_types()
    {
        await using var source = await StartedAsync();
        await fixture.AsSuperuserAsync($"CREATE TYPE {_type} AS ENUM ('new', 'old')");
        var session = fixture.ReaderOn(source);
        Func<Task>[] calls =
        [
            () => session.ExecuteScalarAsync<string>("SELECT @value::text", new { value = new OfType(_type, "old") }),
            () => session.ExecuteAsync("SET LOCAL work_mem = '4MB'; SELECT @value::text", new { value = new OfType(_type, "old") }),
            () => session.QueryUnbufferedAsync<string>("SELECT @value::text", new { value = new OfType(_type, "old") }).ToListAsync().AsTask(),
        ];
        foreach (var call in calls)
            (await call.Should().ThrowAsync<UnknownDatabaseTypeException>()).Which.Message
                .Should().Contain("\"value\"").And.Contain("ReloadTypesAsync").And.NotContain("old");
        (await session.ExecuteScalarAsync<int>("SELECT 1")).Should().Be(1);
    }

    [Fact]
    public async Task New_type_is_read_and_written_once_types_are_reloaded()
    {
        await using var source = await StartedAsync();
        await fixture.AsSuperuserAsync($"CREATE TYPE {_type} AS ENUM ('new', 'old')");
        var session = fixture.ReaderOn(source);
        await source.ReloadTypesAsync();

        (await session.ExecuteScalarAsync<string>($"SELECT 'new'::{_type}")).Should().Be("new");
        (await session.ExecuteScalarAsync<string>("SELECT @value::text", new { value = new OfType(_type, "old") })).Should().Be("old");
    }

    [Fact]
    public async Task Failure_of_another_column_is_not_taken_for_that_of_a_new_type()
    {
        await using var source = await StartedAsync();
        await fixture.AsSuperuserAsync($"CREATE TYPE {_type} AS ENUM ('new', 'old')");
        var session = fixture.ReaderOn(source);
        var sql = $"SELECT '{Marked.Value}' AS id, 'new'::{_type} AS value";
        var fault = (await session.Invoking(s => s.ExecuteScalarAsync<int>(sql)).Should().ThrowAsync<DataException>()).Which;
        Marked.TextOf(fault).Should().NotContain(Marked.Value);
    }

    /// <summary>Has read the types of the database.</summary>
    private async Task<NpgsqlDataSource> StartedAsync()
    {
        var source = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString).UseTenantDefaults().Build();
        await fixture.ReaderOn(source).ExecuteAsync("SELECT 1");
        return source;
    }

    private static async Task InBatchAsync<T>(ITenantSession session, Func<TenantBatch, TenantBatchResult<T>> add)
    {
        var batch = session.CreateBatch();
        add(batch);
        await batch.ExecuteAsync();
    }

    private sealed class OfType(string type, string value) : SqlMapper.ICustomQueryParameter
    {
        public void AddParameter(IDbCommand command, string name) => command.Parameters.Add(new NpgsqlParameter(name, value) { DataTypeName = type });
    }
}
