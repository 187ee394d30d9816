namespace SmeFinancialOs.Data.Schema.Tests.Upgrading;

/// <summary>The article's columns: an invoice without a customer, an organization that gets an id.</summary>
public sealed class UpgradedColumnsTests
{
    private const string Organization = "INSERT INTO public.organizations (name, slug) VALUES ('C', 'c') RETURNING id";
    private const string Columns = "SELECT string_agg(concat_ws(' ', attrelid::regclass, attname, attnotnull, atthasdef), ', ' ORDER BY attrelid, attname) "
        + "FROM pg_attribute WHERE attrelid IN ('public.invoices'::regclass, 'public.organizations'::regclass) AND attname IN ('customer_name', 'id')";

    public static TheoryData<string> Forms => OldVersion.Forms;

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Customer_and_id_were_demanded_and_are_not_after_the_upgrade(string form)
    {
        var database = await OldVersion.InstallAsync(form);
        await using var tenant = await database.OpenAsync(database.Roles.Tenant, MigratedDatabase.A);
        await using var admin = await database.OpenAsync(database.Roles.Admin, null);
        (await tenant.RefusalAsync(Invoice("NULL"))).SqlState.Should().Be("23502", "an older version refused it");
        (await admin.RefusalAsync(Organization)).SqlState.Should().Be("23502", "an older version refused it");

        var rows = await database.RowsAsync();
        await database.UpgradeAsync();

        (await database.RowsAsync()).Should().Be(rows);
        (await tenant.RunAsync(Invoice("NULL"))).Should().Be(1);
        (await tenant.RunAsync("UPDATE public.invoices SET customer_name = NULL WHERE number = 'N2'")).Should().Be(1);
        foreach (var refused in new[] { "''", "repeat('x', 201)" })
            (await tenant.RefusalAsync(Invoice(refused))).SqlState.Should().Be("23514");
        (await admin.ScalarAsync<Guid>(Organization)).Should().NotBeEmpty();
        (await tenant.RefusalAsync(Organization.Replace("'c'", "'d'"))).SqlState.Should().Be("42501", "a tenant makes no other");
        await using var superuser = await database.OpenAsync();
        if (database.IsGuarded)
            (await superuser.CountAsync("app_guard.faults()")).Should().Be(0);
    }

    [Theory]
    [InlineData("DROP TABLE public.invoices; CREATE TABLE public.invoices (id int PRIMARY KEY, customer_name text NOT NULL); "
        + "ALTER TABLE public.organizations OWNER TO CURRENT_USER")]
    [InlineData("DROP TABLE public.organizations CASCADE; CREATE TABLE public.organizations (id uuid PRIMARY KEY); "
        + "ALTER TABLE public.invoices OWNER TO CURRENT_USER")]
    [InlineData("DROP TABLE public.invoices; CREATE TABLE public.invoices (id text NOT NULL, customer_name int NOT NULL); "
        + "ALTER TABLE public.organizations ALTER id SET DEFAULT 'aaaaaaaa-0000-4000-8000-000000000001'; ALTER TABLE public.invoices OWNER TO app_owner")]
    [InlineData("DROP TABLE public.invoices; CREATE TABLE public.other (id int NOT NULL, customer_name text NOT NULL); "
        + "CREATE VIEW public.invoices WITH (security_invoker) AS TABLE public.other; ALTER TABLE public.organizations OWNER TO CURRENT_USER")]
    public async Task What_a_host_has_put_in_their_place_is_left_alone(string scene)
    {
        var database = await OldVersion.InstallAsync("version 10");
        await using var superuser = await database.OpenAsync();
        await superuser.RunAsync(scene);
        var before = await superuser.ScalarAsync<string>(Columns);

        await database.UpgradeAsync();

        (await superuser.ScalarAsync<string>(Columns)).Should().Be(before);
    }

    [Fact]
    public async Task A_host_that_has_dropped_both_tables_can_upgrade()
    {
        var database = await OldVersion.InstallAsync("plain");
        await using var superuser = await database.OpenAsync();
        await superuser.RunAsync("DROP TABLE public.organizations, public.invoices CASCADE");
        (await database.UpgradeAsync()).Applied.Should().Contain("invoicing/0002_article_columns.sql");
    }

    private static string Invoice(string customer) =>
        $"INSERT INTO public.invoices (number, amount_cents, customer_name, issued_at) VALUES ('of ' || gen_random_uuid(), 1, {customer}, '2026-01-01')";
}
