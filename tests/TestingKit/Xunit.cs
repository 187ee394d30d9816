using SmeFinancialOs.Data.Testing;
using Xunit;

namespace Notes.Tests;

// <snippet>
public sealed class NotesDatabase() : TenantTestFixture(new() { MigrationsDirectory = Path.Combine(AppContext.BaseDirectory, "migrations") }), IAsyncLifetime;

public sealed class NotesTests(NotesDatabase notes) : IClassFixture<NotesDatabase>
{
    [Fact]
    public async Task No_tenant_reaches_the_rows_of_another() => await notes.Database.AssertIsolationAsync();

    [Fact]
    public async Task Notes_belong_to_their_organization()
    {
        var (acme, globex) = (await notes.Database.CreateOrganizationAsync("Acme"), await notes.Database.CreateOrganizationAsync("Globex"));
        await acme.Session.ExecuteAsync("INSERT INTO notes (body) VALUES ('of Acme')");
        Assert.Equal(["of Acme"], await acme.Session.QueryAsync<string>("SELECT body FROM notes"));
        Assert.Empty(await globex.Session.QueryAsync<string>("SELECT body FROM notes"));
    }
}
// </snippet>
