using System.Data;
using Dapper;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests;

/// <summary>QueryAsync of a join: several objects from one row, as Dapper's multi-mapping gives them.</summary>
public sealed class JoinTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Three = """
        SELECT i.number, i.amount_cents AS amount, o.id, o.name, d.id, d.label
        FROM invoices i JOIN organizations o ON o.id = i.org_id LEFT JOIN (VALUES ('A-2', 7, 'late')) AS d (number, id, label) ON d.number = i.number
        ORDER BY i.number
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ITenantSession Session => fixture.Factory.CreateSession(fixture.ContextA);

    [Fact]
    public async Task Two_objects_of_a_row_in_every_kind_of_session()
    {
        const string sql = "SELECT i.number, i.amount_cents AS amount, o.id, o.name FROM invoices i JOIN organizations o ON o.id = i.org_id "
            + "WHERE i.number <> @not ORDER BY i.number";
        await using var connection = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Token);
        await using var transaction = fixture.Factory.BeginTransaction(fixture.ContextA);
        foreach (var session in (ITenantSession[])[Session, connection, transaction])
        {
            (await session.QueryAsync<Bill, Owner, string>(sql, (bill, owner) => $"{bill.Number} {bill.Amount} {owner!.Name} {owner.Id}", new { not = "A-2" },
                cancellationToken: Token))
                .Should().Equal($"A-1 101 A {Seed.A}", $"A-3 103 A {Seed.A}");
        }
    }

    [Fact]
    public async Task Three_objects_of_which_one_is_missing() =>
        (await Session.QueryAsync<Bill, Owner, Note, string>(Three, (bill, owner, note) => $"{bill.Number} {owner!.Name} {note?.Label ?? "none"}",
            cancellationToken: Token))
            .Should().Equal("A-1 A none", "A-2 A late", "A-3 A none");

    [Theory]
    [InlineData("Id")]
    [InlineData("id,id")]
    [InlineData(" ID , iD ")]
    public async Task Joined_rows_are_those_of_Dapper(string splitOn)
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Token);
        var dapper = await work.Connection.QueryAsync<Bill, Owner, Note, (Bill, Owner, Note?)>(Three,
            (bill, owner, note) => (bill, owner, note), splitOn: splitOn);
        (await work.QueryAsync<Bill, Owner, Note, (Bill, Owner, Note?)>(Three, (bill, owner, note) => (bill, owner!, note), splitOn: splitOn,
            cancellationToken: Token))
            .Should().Equal(dapper);
    }

    [Fact]
    public async Task Names_of_columns_that_stand_twice_are_looked_for_from_the_right()
    {
        const string sql = "SELECT 1 AS id, 'first' AS label, 2 AS id, 'second' AS label";
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Token);
        (await work.QueryAsync<Note, Note, (Note, Note?)>(sql, (first, second) => (first, second), cancellationToken: Token))
            .Should().Equal(await work.Connection.QueryAsync<Note, Note, (Note, Note?)>(sql, (first, second) => (first, second)))
            .And.Equal((new Note { Id = 1, Label = "first" }, new Note { Id = 2, Label = "second" }));
    }

    [Fact]
    public async Task Single_value_can_be_a_part_of_a_joined_row() =>
        (await Session.QueryAsync<string, int, string>("SELECT number, 5 AS count FROM invoices ORDER BY number", (number, count) => $"{number}: {count}",
            splitOn: "count", cancellationToken: Token))
            .Should().Equal("A-1: 5", "A-2: 5", "A-3: 5");

    [Theory]
    [InlineData("missing")]
    [InlineData("number")]
    public async Task A_column_that_is_not_behind_the_first_object_is_told(string splitOn)
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Token);
        (await work.Invoking(
            w => w.QueryAsync<Bill, Owner, int>("SELECT number, amount_cents AS amount FROM invoices", (_, _) => 0, splitOn: splitOn, cancellationToken: Token))
            .Should().ThrowAsync<DataException>()).WithMessage($"*no column \"{splitOn}\"*");
    }

    [Fact]
    public async Task Columns_that_fit_no_member_are_told()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Token);
        (await work.Invoking(
            w => w.QueryAsync<Bill, Owner, int>("SELECT number, 1 AS x, 2 AS y FROM invoices", (_, _) => 0, splitOn: "x", cancellationToken: Token))
            .Should().ThrowAsync<DataException>()).WithMessage($"*{nameof(Owner)}*");
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a,")]
    [InlineData("a,b,c")]
    public async Task Names_that_cannot_be_used_are_refused(string splitOn)
    {
        await Session.Invoking(s => s.QueryAsync<Bill, Owner, Note, int>(Three, (_, _, _) => 0, splitOn: splitOn, cancellationToken: Token))
            .Should().ThrowAsync<ArgumentException>();
        await Session.Invoking(s => s.QueryAsync<Bill, Owner, int>(Three, null!, cancellationToken: Token)).Should().ThrowAsync<ArgumentNullException>();
    }

    [Fact]
    public async Task Of_another_tenant_nothing_is_joined() =>
        (await Session.QueryAsync<Bill, Owner, string>(
            "SELECT i.number, 0 AS amount, o.id, o.name FROM invoices i FULL JOIN organizations o ON true", (bill, owner) => $"{bill?.Number} {owner?.Name}",
            cancellationToken: Token))
            .Should().BeEquivalentTo("A-1 A", "A-2 A", "A-3 A");

    private sealed record Bill
    {
        public string? Number { get; init; }

        public long Amount { get; init; }
    }

    private sealed record Owner
    {
        public Guid Id { get; init; }

        public string? Name { get; init; }
    }

    private sealed record Note
    {
        public int Id { get; init; }

        public string? Label { get; init; }
    }
}
