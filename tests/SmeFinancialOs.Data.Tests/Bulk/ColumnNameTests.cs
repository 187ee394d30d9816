namespace SmeFinancialOs.Data.Tests.Bulk;

/// <summary>Names of tables, columns and properties: what does not fit is told by name, and none is SQL.</summary>
public sealed class ColumnNameTests(ShopFixture shop) : IClassFixture<ShopFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("orders")]
    [InlineData("shop.")]
    [InlineData(".orders")]
    [InlineData("shop.orders.x")]
    [InlineData("shop . orders")]
    [InlineData("shop.orders ")]
    [InlineData("shop.orders; DROP TABLE shop.orders")]
    [InlineData("shop.orders (customer_name) VALUES ('x') --")]
    [InlineData("shop.\"orders")]
    [InlineData("shop.\"\"")]
    [InlineData("\"shop\"\".orders\"")]
    [InlineData("shop.\"orders\"x")]
    [InlineData("shop.1orders")]
    [InlineData("shop.\"a\0b\"")]
    [InlineData("shop.orders/**/")]
    public async Task Text_that_is_no_name_is_refused(string? table) =>
        await shop.Session.Invoking(s => s.InsertManyAsync(table!, [new { CustomerName = "x" }], Token)).Should().ThrowAsync<ArgumentException>();

    [Theory]
    [InlineData("shop.missing")]
    [InlineData("shop.\"Orders\"")]
    [InlineData("missing.orders")]
    [InlineData("shop.\"orders; DROP TABLE shop.orders\"")]
    [InlineData("shop.\"orders\"\" (customer_name) SELECT 'x' --\"")]
    [InlineData("shop.orders_pkey")]
    [InlineData("pg_temp.orders")]
    public async Task Table_that_does_not_exist_is_told(string table)
    {
        await shop.Session.Invoking(s => s.InsertManyAsync(table, [new { CustomerName = "x" }], Token)).Should().ThrowAsync<ColumnMismatchException>();
        await shop.Session.Invoking(s => s.InsertManyAsync(table, Array.Empty<Uri>(), Token)).Should().ThrowAsync<ColumnMismatchException>();
    }

    [Fact]
    public async Task What_does_not_fit_is_told_by_name_also_without_a_row()
    {
        await RefusedAsync(new { CustomerName = "x", Unknown = 1, AlsoUnknown = 2 }, "Unknown (System.Int32)", "AlsoUnknown");
        await RefusedAsync(new { Note = "x" }, "\"customer_name\"", "NOT NULL");
        await RefusedAsync(new { CustomerName = "x", Doubled = 1m }, "Doubled", "GENERATED ALWAYS");
        await RefusedAsync(new { CustomerName = "x", Serial = 1L }, "Serial", "GENERATED ALWAYS");
        await RefusedAsync(new { CustomerName = "x", customer_name = "y" }, "customer_name", "same column");
        await RefusedAsync("text", "public properties");
        await RefusedAsync(5, "public properties");
        await RefusedAsync(new object(), "public properties");
        await RefusedAsync(("a", "b"), "public properties");
        await RefusedAsync(new Dictionary<string, object> { ["customer_name"] = "x" }, "public properties");
    }

    [Fact]
    public async Task Names_that_are_SQL_are_names()
    {
        const string first = "a\");--", second = "@p :q $1";
        var rows = RowTypes.Make("Sql", [(first, typeof(string)), (second, typeof(string))]);
        (await RowTypes.InsertAsync(shop.Session, "shop.\"We\"\"ird; T\"", rows, 2, (name, i) => $"{name}{i}", Token)).Should().Be(2);
        (await shop.TruthAsync<string>("SELECT string_agg(\"@p :q $1\", ' ' ORDER BY 1) FROM shop.\"We\"\"ird; T\"")).Should().Be("@p :q $10 @p :q $11");

        foreach (var attack in (string[])["customer_name) SELECT 'x' --", "note\", org_id", "customer_name\"", "*", "note; DELETE FROM shop.orders"])
        {
            var type = RowTypes.Make("Attack", [("CustomerName", typeof(string)), (attack, typeof(string))]);
            await shop.Session.Invoking(s => RowTypes.InsertAsync(s, "shop.orders", type, 1, (_, _) => "x",
                Token)).Should().ThrowAsync<ColumnMismatchException>();
        }
    }

    [Fact]
    public async Task Search_path_of_a_tenant_decides_nothing()
    {
        await shop.AsSuperuserAsync("""
            CREATE SCHEMA decoy;
            GRANT USAGE ON SCHEMA decoy TO tenant_role;
            CREATE TABLE decoy.orders (customer_name int);
            CREATE DOMAIN decoy.text AS int;
            CREATE FUNCTION decoy.unnest(pg_catalog.text[]) RETURNS SETOF pg_catalog.text LANGUAGE sql AS $$ SELECT 'by decoy'::pg_catalog.text $$;
            CREATE FUNCTION decoy.no(oid[], oid[]) RETURNS bool LANGUAGE sql AS $$ SELECT false $$;
            CREATE OPERATOR decoy.= (FUNCTION = decoy.no, LEFTARG = oid[], RIGHTARG = oid[]);
            """);
        await using var work = await shop.Factory.OpenConnectionAsync(shop.ContextA, Token);
        await work.ExecuteAsync("SET LOCAL search_path = decoy, pg_catalog", cancellationToken: Token);
        (await work.InsertManyAsync("shop.orders", [new { CustomerName = "by name" }], Token)).Should().Be(1);
        (await work.ExecuteScalarAsync<long>("SELECT count(*) FROM shop.orders WHERE customer_name = 'by name'", cancellationToken: Token)).Should().Be(1);
    }

    [Fact]
    public async Task Table_that_is_changed_gives_an_error_and_is_looked_at_anew()
    {
        await RecreateAsync("id int NOT NULL, at timestamp, mood text");
        var at = new DateTime(2026, 1, 1, 12, 0, 0);
        (await shop.Session.InsertManyAsync("shop.changing", [new { id = 1, at }], Token)).Should().Be(1);

        // Without a check the server would take the time for one of the time zone of its session.
        await shop.AsSuperuserAsync("ALTER TABLE shop.changing ALTER at TYPE timestamptz USING NULL");
        await shop.Session.Invoking(s => s.InsertManyAsync("shop.changing", [new { id = 2, at }],
            Token)).Should().ThrowAsync<StalePreparedStatementException>();
        await shop.Session.Invoking(s => s.InsertManyAsync("shop.changing", [new { id = 2, at }], Token)).Should().ThrowAsync<InvalidValueException>();
        (await shop.Session.InsertManyAsync("shop.changing", [new { id = 2, at = at.ToUniversalTime() }], Token)).Should().Be(1);

        await shop.AsSuperuserAsync("ALTER TABLE shop.changing ADD added text");
        (await shop.Session.InsertManyAsync("shop.changing", [new { id = 3, added = "at once" }], Token)).Should().Be(1);
        await shop.AsSuperuserAsync("ALTER TABLE shop.changing DROP added");
        await shop.Session.Invoking(s => s.InsertManyAsync("shop.changing", [new { id = 4, added = "x" }],
            Token)).Should().ThrowAsync<ColumnMismatchException>()
            .WithMessage("*added*");
        await shop.Session.Invoking(s => s.InsertManyAsync("shop.changing", [new { id = 4, added = "x" }],
            Token)).Should().ThrowAsync<ColumnMismatchException>()
            .WithMessage("*no column*");

        await RecreateAsync("id int NOT NULL, at text, needed text NOT NULL");
        await shop.Session.Invoking(s => s.InsertManyAsync("shop.changing", [new { id = 5 }], Token)).Should().ThrowAsync<InvalidValueException>();
        await shop.Session.Invoking(s => s.InsertManyAsync("shop.changing", [new { id = 5 }], Token)).Should().ThrowAsync<ColumnMismatchException>()
            .WithMessage("*\"needed\"*");
        (await shop.TruthAsync<long>("SELECT count(*) FROM shop.changing")).Should().Be(0);
        await shop.AsSuperuserAsync("DROP TABLE shop.changing CASCADE");
        await shop.Session.Invoking(s => s.InsertManyAsync("shop.changing", [new { id = 5, needed = "x" }],
            Token)).Should().ThrowAsync<ColumnMismatchException>();
    }

    private async Task RefusedAsync<T>(T row, params string[] named)
    {
        foreach (var rows in (T[][])[[row], []])
        {
            var fault = (await shop.Session.Invoking(s => s.InsertManyAsync("shop.orders", rows, Token)).Should().ThrowAsync<ColumnMismatchException>()).Which;
            fault.Message.Should().ContainAll(named).And.Contain("\"shop\".\"orders\"");
        }
    }

    private Task RecreateAsync(string columns) => shop.AsSuperuserAsync($"""
        DROP TABLE IF EXISTS shop.changing CASCADE;
        SET ROLE app_owner;
        CREATE TABLE shop.changing (org_id uuid NOT NULL DEFAULT app.current_org_id() REFERENCES public.organizations (id),
                {columns}, PRIMARY KEY (org_id, id));
        SELECT app.protect_table('shop.changing');
        """);
}
