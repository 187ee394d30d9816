using Microsoft.VisualStudio.TestTools.UnitTesting;
using SmeFinancialOs.Data.Testing;

namespace Notes.Tests;

// <snippet>
[TestClass]
public sealed class NotesTests
{
    private static readonly TenantTestFixture Notes = new(new() { MigrationsDirectory = Path.Combine(AppContext.BaseDirectory, "migrations") });

    [ClassInitialize]
    public static async Task CreateDatabaseAsync(TestContext context) => await Notes.InitializeAsync();

    [ClassCleanup]
    public static async Task DropDatabaseAsync() => await Notes.DisposeAsync();

    [TestMethod]
    public async Task No_tenant_reaches_the_rows_of_another() => await Notes.Database.AssertIsolationAsync();

    [TestMethod]
    public async Task Notes_belong_to_their_organization()
    {
        var (acme, globex) = (await Notes.Database.CreateOrganizationAsync("Acme"), await Notes.Database.CreateOrganizationAsync("Globex"));
        await acme.Session.ExecuteAsync("INSERT INTO notes (body) VALUES ('of Acme')");
        CollectionAssert.AreEqual(new[] { "of Acme" }, (await acme.Session.QueryAsync<string>("SELECT body FROM notes")).ToArray());
        Assert.AreEqual(0, (await globex.Session.QueryAsync<string>("SELECT body FROM notes")).Count);
    }
}
// </snippet>
