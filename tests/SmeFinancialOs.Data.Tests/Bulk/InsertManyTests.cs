using SmeFinancialOs.Data.Tests.Readme;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Bulk;

/// <summary>InsertManyAsync: all rows or none, as the tenant of the session.</summary>
public sealed class InsertManyTests(ShopFixture shop) : IClassFixture<ShopFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4999)]
    [InlineData(5000)]
    [InlineData(5001)]
    [InlineData(12_345)]
    public async Task Every_kind_of_session_writes_every_row_once(int count)
    {
        await foreach (var session in shop.SessionsAsync())
        {
            var before = await CountAsync(session);
            var enumerations = 0;
            (await session.InsertManyAsync("shop.orders", Counted(), Token)).Should().Be(count);
            enumerations.Should().Be(1);
            (await CountAsync(session)).Should().Be(before + count);
            (await session.InsertManyAsync("shop.orders", Counted().ToAsyncEnumerable(), Token)).Should().Be(count);
            (await CountAsync(session)).Should().Be(before + (2 * count));

            IEnumerable<Order> Counted()
            {
                enumerations++;
                for (var i = 0; i < count; i++)
                    yield return new($"c{i}", i % 3 == 0 ? null : "note");
            }
        }

        (await shop.TruthAsync<long>($"SELECT count(*) FROM shop.orders WHERE org_id <> '{Seed.A}'")).Should().Be(0);
    }

    [Fact]
    public async Task Values_nulls_and_defaults_are_those_of_an_insert()
    {
        await using var work = await shop.Factory.OpenConnectionAsync(shop.ContextA, Token);
        await work.InsertManyAsync("Shop.ORDERS", new[] { new { CustomerName = "x", note = (string?)null }, new { CustomerName = "y", note = (string?)"n" } },
            Token);
        (await work.QueryAsync<(string, string?, decimal, decimal, Guid)>(
            "SELECT customer_name, note, amount, doubled, org_id FROM shop.orders WHERE customer_name IN ('x', 'y') ORDER BY 1", cancellationToken: Token))
            .Should().Equal(("x", null, 7, 14, shop.OrganizationA), ("y", "n", 7, 14, shop.OrganizationA));
    }

    [Fact]
    public async Task Example_of_the_page_runs()
    {
        await BulkSnippets.InsertAsync(shop.Session, [("of the page", 1.5m)]);
        (await shop.Session.QueryAsync<(decimal, string)>("SELECT amount, note FROM shop.orders WHERE customer_name = 'of the page'", cancellationToken: Token))
            .Should().Equal((1.5m, "imported"));
    }

    [Fact]
    public async Task Row_of_another_tenant_is_refused_and_nothing_is_written()
    {
        var before = await shop.TruthAsync<long>("SELECT count(*) FROM shop.orders");
        foreach (var foreign in (int[])[0, 4999, 5000, 7000])
        {
            var rows = Enumerable.Range(0, 7001).Select(i => new { OrgId = i == foreign ? shop.OrganizationB : shop.OrganizationA, CustomerName = "x" });
            await shop.Session.Invoking(s => s.InsertManyAsync("shop.orders", rows, Token)).Should().ThrowAsync<TenantAccessDeniedException>();
            (await shop.TruthAsync<long>("SELECT count(*) FROM shop.orders")).Should().Be(before);
        }
    }

    [Fact]
    public async Task Demo_is_refused_and_so_is_a_read_only_context()
    {
        foreach (var count in (int[])[1, 6000])
        {
            var rows = Enumerable.Range(0, count).Select(i => new Order("x", null));
            await shop.Factory.CreateSession(TenantContext.Demo).Invoking(s => s.InsertManyAsync("shop.orders", rows, Token))
                .Should().ThrowAsync<DemoReadOnlyException>();
            await shop.Factory.CreateSession(shop.ContextA.AsReadOnly()).Invoking(s => s.InsertManyAsync("shop.orders", rows, Token))
                .Should().ThrowAsync<TenantAccessDeniedException>();
        }
    }

    [Fact]
    public async Task Fault_in_a_later_chunk_leaves_nothing_also_when_the_unit_of_work_goes_on()
    {
        await shop.Session.ExecuteAsync("DELETE FROM shop.orders", cancellationToken: Token);
        await shop.Session.Invoking(s => s.InsertManyAsync("shop.orders", Throwing(), Token)).Should().ThrowAsync<FormatException>();
        await shop.Session.Invoking(s => s.InsertManyAsync("shop.orders", WithNull(),
            Token)).Should().ThrowAsync<ArgumentException>().WithMessage("*Row 5500*");
        await shop.Session.Invoking(s => s.InsertManyAsync("shop.orders", Duplicates(), Token)).Should().ThrowAsync<DuplicateKeyException>();
        (await CountAsync(shop.Session)).Should().Be(0);

        await using (var work = shop.Factory.BeginTransaction(shop.ContextA))
        {
            await work.InsertManyAsync("shop.orders", [new Order("kept", null)], Token);
            await work.Invoking(s => s.InsertManyAsync("shop.orders", Throwing(), Token)).Should().ThrowAsync<FormatException>();
            await work.Invoking(s => s.InsertManyAsync("shop.orders", WithNull(), Token)).Should().ThrowAsync<ArgumentException>();
            await work.Invoking(s => s.InsertManyAsync("shop.orders", Duplicates(), Token)).Should().ThrowAsync<DuplicateKeyException>();
            await work.CommitAsync(Token);
        }

        (await shop.Session.QueryAsync<string>("SELECT customer_name FROM shop.orders", cancellationToken: Token)).Should().Equal("kept");

        static IEnumerable<Order> Throwing() => Enumerable.Range(0, 6000).Select(i => i < 5500 ? new Order("x", null) : throw new FormatException());

        static IEnumerable<Order> WithNull() => Enumerable.Range(0, 6000).Select(i => i == 5500 ? null! : new Order("x", null));

        IEnumerable<Numbered> Duplicates() => Enumerable.Range(0, 6000).Select(i => new Numbered(i == 5500 ? 1_000_001 : 1_000_000 + i, "x"));
    }

    [Fact]
    public async Task Cancelled_load_leaves_nothing()
    {
        await shop.Session.ExecuteAsync("DELETE FROM shop.orders", cancellationToken: Token);
        using var cancelling = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await shop.Session.Invoking(s => s.InsertManyAsync("shop.orders", Cancelling(), cancelling.Token)).Should().ThrowAsync<OperationCanceledException>();
        (await CountAsync(shop.Session)).Should().Be(0);

        IEnumerable<Order> Cancelling()
        {
            for (var i = 0; i < 20_000; i++)
            {
                if (i == 12_000)
                    cancelling.Cancel();
                yield return new("x", null);
            }
        }
    }

    [Fact]
    public async Task Triggers_apply_and_a_row_that_one_passes_over_does_not_count()
    {
        await shop.AsSuperuserAsync("""
            SET ROLE app_owner;
            CREATE TABLE shop.triggered (org_id uuid NOT NULL REFERENCES public.organizations (id),
                id int NOT NULL, filled text NOT NULL, PRIMARY KEY (org_id, id));
            SELECT app.protect_table('shop.triggered');
            CREATE FUNCTION shop.fill() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS
                $$ BEGIN NEW.org_id := app.current_org_id(); NEW.filled := 'by trigger'; RETURN CASE WHEN NEW.id = 2 THEN NULL ELSE NEW END; END $$;
            CREATE TRIGGER fill BEFORE INSERT ON shop.triggered FOR EACH ROW EXECUTE FUNCTION shop.fill();
            """);
        (await shop.Session.InsertManyAsync("shop.triggered", Enumerable.Range(1, 3).Select(id => new { id }), Token)).Should().Be(2);
        (await shop.Session.QueryAsync<string>("SELECT filled FROM shop.triggered", cancellationToken: Token)).Should().Equal("by trigger", "by trigger");
    }

    [Fact]
    public async Task Table_that_is_not_protected_takes_what_the_role_may_write()
    {
        await shop.Session.Invoking(s => s.InsertManyAsync("shop.countries", [new { code = "x" }], Token)).Should().ThrowAsync<MissingPrivilegeException>();
        (await shop.Session.InsertManyAsync("shop.currencies", [new { code = "EUR" }], Token)).Should().Be(1);
    }

    [Fact]
    public async Task A_thousand_columns_are_written()
    {
        var columns = Enumerable.Range(0, 998).Select(i => $"column_{i} int");
        await shop.AsSuperuserAsync($"""
            SET ROLE app_owner;
            CREATE TABLE shop.wide (org_id uuid NOT NULL DEFAULT app.current_org_id() REFERENCES public.organizations (id),
                id int NOT NULL, {string.Join(", ", columns)}, PRIMARY KEY (org_id, id));
            SELECT app.protect_table('shop.wide');
            """);
        var type = RowTypes.Make("Wide", [("Id", typeof(int)), .. Enumerable.Range(0, 998).Select(i => ($"Column{i}", typeof(int?)))]);
        (await RowTypes.InsertAsync(shop.Session, "shop.wide", type, 1200, (property, row) => property == "Id" ? row : property.EndsWith('7') ? null : row,
            Token))
            .Should().Be(1200);
        (await shop.Session.ExecuteScalarAsync<long>("SELECT sum(id) - sum(column_996) + count(column_7) FROM shop.wide",
            cancellationToken: Token)).Should().Be(0);
    }

    private static Task<long> CountAsync(ITenantSession session) =>
        session.ExecuteScalarAsync<long>("SELECT count(*) FROM shop.orders", cancellationToken: Token);

    private sealed record Order(string CustomerName, string? Note);

    private sealed record Numbered(long Id, string CustomerName);
}
