using NUnit.Framework;
using SmeFinancialOs.Data.Testing;

namespace Notes.Tests;

// <snippet>
public sealed class NotesTests
{
    private static readonly TenantTestFixture Notes = new(new() { MigrationsDirectory = Path.Combine(AppContext.BaseDirectory, "migrations") });

    [OneTimeSetUp]
    public static async Task CreateDatabaseAsync() => await Notes.InitializeAsync();

    [OneTimeTearDown]
    public static async Task DropDatabaseAsync() => await Notes.DisposeAsync();

    [Test]
    public async Task No_tenant_reaches_the_rows_of_another() => await Notes.Database.AssertIsolationAsync();

    [Test]
    public async Task Notes_belong_to_their_organization()
    {
        var (acme, globex) = (await Notes.Database.CreateOrganizationAsync("Acme"), await Notes.Database.CreateOrganizationAsync("Globex"));
        await acme.Session.ExecuteAsync("INSERT INTO notes (body) VALUES ('of Acme')");
        Assert.That(await acme.Session.QueryAsync<string>("SELECT body FROM notes"), Is.EqualTo(new[] { "of Acme" }));
        Assert.That(await globex.Session.QueryAsync<string>("SELECT body FROM notes"), Is.Empty);
    }
}
// </snippet>
