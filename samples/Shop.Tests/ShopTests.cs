using System.Net;
using System.Net.Http.Json;
using Npgsql;
using SmeFinancialOs.Data;
using SmeFinancialOs.Data.Audit;

namespace Shop.Tests;

public sealed class ShopTests(ShopFixture shop) : IClassFixture<ShopFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_account_reaches_the_rows_of_another() =>
        await shop.Database.AssertIsolationAsync(new()
        {
            TenantColumn = "account_id",
            DemoTenant = null,
            Allowlist = [new("shop.api_keys", IsolationProbe.KeyOracleRule, "the hash of a random key: nobody can guess the one of another account")],
        }, Cancel);

    [Fact]
    public async Task The_audit_finds_no_error()
    {
        var report = await new SchemaAudit(shop.Database.SuperuserConnectionString, new() { TenantColumn = "account_id" }).RunAsync(Cancel);

        Assert.DoesNotContain(report.Findings, finding => finding.Severity == AuditSeverity.Error);
        // Ids that the database gives, and keys that are random.
        Assert.All(report.Findings, finding => Assert.Equal("key-without-tenant-column", finding.RuleId));
    }

    [Fact]
    public async Task A_user_of_two_accounts_sees_the_orders_of_the_one_that_the_address_names()
    {
        using var cleo = shop.SignedIn(ShopFixture.Cleo);

        Assert.Contains("Initech", await cleo.GetStringAsync("/accounts/1/orders", Cancel), StringComparison.Ordinal);
        Assert.Contains("Hooli", await cleo.GetStringAsync("/accounts/2/orders", Cancel), StringComparison.Ordinal);
        Assert.DoesNotContain("Initech", await cleo.GetStringAsync("/accounts/2/orders", Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/accounts/2/orders")]
    [InlineData("/accounts/2/members")]
    [InlineData("/accounts/2/orders/G-1/notes")]
    [InlineData("/accounts/99/orders")]
    public async Task An_account_that_the_user_does_not_belong_to_is_refused(string address)
    {
        using var ann = shop.SignedIn(ShopFixture.Ann);
        Assert.Equal(HttpStatusCode.Forbidden, (await ann.GetAsync(address, Cancel)).StatusCode);
    }

    [Fact]
    public async Task An_order_has_lines_and_the_name_of_who_changed_it_and_is_gone_when_deleted()
    {
        using var ann = shop.SignedIn(ShopFixture.Ann);
        using var cleo = shop.SignedIn(ShopFixture.Cleo);
        var order = new { number = "A-2", country = "DE", customer = "Umbrella", lines = new[] { new { product = "Pen", quantity = 3, priceCents = 150 } } };

        Assert.Equal(HttpStatusCode.Created, (await ann.PostAsJsonAsync("/accounts/1/orders", order, Cancel)).StatusCode);
        Assert.Equal(new Order("A-2", "DE", "Umbrella", ShopFixture.Ann, 450), await FindAsync(ann, "A-2"));

        // Of another account, the order is not there.
        Assert.Equal(HttpStatusCode.NotFound, (await cleo.DeleteAsync("/accounts/2/orders/A-2", Cancel)).StatusCode);
        Assert.NotNull(await FindAsync(ann, "A-2"));
        Assert.Equal(HttpStatusCode.NoContent, (await cleo.DeleteAsync("/accounts/1/orders/A-2", Cancel)).StatusCode);
        Assert.Null(await FindAsync(ann, "A-2"));
        Assert.Equal(ShopFixture.Cleo, await TruthAsync<string>("SELECT changed_by FROM shop.orders WHERE number = 'A-2'"));
    }

    [Fact]
    public async Task A_line_cannot_be_added_to_the_order_of_another_account()
    {
        var of = TenantContext.ForOrganization(1);
        var foreign = await TruthAsync<long>("SELECT id FROM shop.orders WHERE number = 'G-1'");

        foreach (var insert in new[]
        {
            "INSERT INTO shop.order_lines (order_id, product, quantity, price_cents) VALUES (@foreign, 'x', 1, 1)",
            "INSERT INTO shop.order_notes VALUES (@foreign, 2, 'x')",
        })
        {
            await Assert.ThrowsAnyAsync<TenantDataException>(() =>
                shop.Database.Factory.CreateSession(of).ExecuteAsync(insert, new { foreign }, cancellationToken: Cancel));
        }
    }

    [Fact]
    public async Task Members_are_read_without_their_passwords_and_joined_by_invitation()
    {
        using var ann = shop.SignedIn(ShopFixture.Ann);
        using var bob = shop.SignedIn(ShopFixture.Bob);
        Assert.Equal(HttpStatusCode.NotFound, (await bob.PostAsync("/invitations/1/accept", null, Cancel)).StatusCode);

        await ann.PostAsJsonAsync("/accounts/1/invitations", new { email = "Bob@globex.example", role = "buyer" }, Cancel);
        Assert.DoesNotContain("Bob", await ann.GetStringAsync("/accounts/1/members", Cancel), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await bob.PostAsync("/invitations/1/accept", null, Cancel)).StatusCode);

        Assert.Contains(new Member(2, "Bob", "bob@globex.example", "buyer"), (await ann.GetFromJsonAsync<Member[]>("/accounts/1/members", Cancel))!);
        await Assert.ThrowsAsync<MissingPrivilegeException>(() => shop.Database.Factory.CreateSession(TenantContext.ForOrganization(1))
            .QueryAsync<string>("SELECT password_hash FROM shop.users", cancellationToken: Cancel));
    }

    [Fact]
    public async Task A_program_imports_orders_into_the_account_of_its_key()
    {
        using var warehouse = shop.WithKey("globex-secret");
        using var stranger = shop.WithKey("no such key");
        object[] orders = [new { number = "G-100", country = "CH" }, new { number = "G-101", country = "AT" }];

        Assert.Equal("2", await (await warehouse.PostAsJsonAsync("/import", orders, Cancel)).Content.ReadAsStringAsync(Cancel));
        Assert.False((await stranger.PostAsJsonAsync("/import", orders, Cancel)).IsSuccessStatusCode);
        Assert.Equal(2, await TruthAsync<long>("SELECT count(*) FROM shop.orders WHERE account_id = 2 AND number LIKE 'G-10_' AND changed_by IS NULL"));
    }

    [Fact]
    public async Task A_migration_that_forgets_a_table_is_refused()
    {
        await using var owner = new NpgsqlConnection(shop.Database.SuperuserConnectionString);
        await owner.OpenAsync(Cancel);
        await using var forgotten = new NpgsqlCommand(
            "CREATE TABLE shop.returns (account_id bigint, order_id bigint); GRANT SELECT ON shop.returns TO tenant_role", owner);

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => forgotten.ExecuteNonQueryAsync(Cancel));
        Assert.Contains("shop.returns", refusal.Message, StringComparison.Ordinal);
    }

    private static async Task<Order?> FindAsync(HttpClient client, string number) =>
        (await client.GetFromJsonAsync<Order[]>("/accounts/1/orders", Cancel))!.SingleOrDefault(order => order.Number == number);

    /// <summary>As a superuser, whom no policy binds.</summary>
    private async Task<T?> TruthAsync<T>(string sql)
    {
        await using var superuser = new NpgsqlConnection(shop.Database.SuperuserConnectionString);
        await superuser.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, superuser);
        return await command.ExecuteScalarAsync(Cancel) is T value ? value : default;
    }
}
