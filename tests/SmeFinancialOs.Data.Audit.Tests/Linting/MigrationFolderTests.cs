using SmeFinancialOs.Data.Audit.Linting;

namespace SmeFinancialOs.Data.Audit.Tests.Linting;

/// <summary>The order in which each tool runs its files, and what it does not run.</summary>
public sealed class MigrationFolderTests
{
    [Theory]
    [InlineData("plain", "2_b.sql 10_c.sql 001_a.sql", "001_a.sql 2_b.sql 10_c.sql", "")]
    [InlineData("Flyway", "V1__z.sql V1.1__a.sql V1.10__b.sql V1.2__c.sql R__views.sql U1.1__a.sql",
        "V1__z.sql V1.1__a.sql V1.2__c.sql V1.10__b.sql R__views.sql", "U1.1__a.sql")]
    [InlineData("Flyway with a baseline", "V1__a.sql V2__b.sql B2__base.sql V3__c.sql", "B2__base.sql V3__c.sql", "V1__a.sql V2__b.sql")]
    [InlineData("golang-migrate", "000002_b.up.sql 000002_b.down.sql 000001_a.up.sql 000001_a.down.sql", "000001_a.up.sql 000002_b.up.sql",
        "000001_a.down.sql 000002_b.down.sql")]
    [InlineData("Prisma", "20260102_b/migration.sql 20260101_a/migration.sql", "20260101_a/migration.sql 20260102_b/migration.sql", "")]
    [InlineData("Diesel", "2026-01-01_a/up.sql 2026-01-01_a/down.sql", "2026-01-01_a/up.sql", "2026-01-01_a/down.sql")]
    [InlineData("Supabase", "20260102000000_b.sql 20260101000000_a.sql", "20260101000000_a.sql 20260102000000_b.sql", "")]
    [InlineData("in folders of releases", "v10/1.sql v9/2.sql v9/1.sql rollback/1.sql", "v9/1.sql v9/2.sql v10/1.sql", "rollback/1.sql")]
    public void Files_run_in_the_order_of_their_tool(string tool, string files, string order, string skipped)
    {
        using var folder = new TemporaryMigrations([.. files.Split(' ').Select(file => (file, "SELECT 1;"))]);
        var read = MigrationFolder.Read(folder.Path);
        read.Migrations.Select(migration => migration.Path).Should().Equal(order.Split(' '), because: tool);
        read.Skipped.Should().Equal(skipped.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Sqitch_runs_by_its_plan()
    {
        using var folder = new TemporaryMigrations(
            ("deploy/zebra.sql", "SELECT 1;"), ("deploy/ant.sql", "SELECT 2;"), ("deploy/zebra@v1.sql", "SELECT 0;"), ("revert/zebra.sql", "SELECT 3;"),
            ("verify/zebra.sql", "SELECT 4;"));
        folder.Write("sqitch.plan", "%project=x\n\nzebra 2026-01-01T00:00:00Z A <a@b> # first\n@v1 2026-01-01T00:00:00Z A <a@b>\nant [zebra] "
            + "2026-01-01T00:00:00Z A <a@b>\nzebra [zebra@v1] 2026-01-02T00:00:00Z A <a@b>\n");
        var read = MigrationFolder.Read(folder.Path);
        read.Migrations.Select(migration => migration.Path).Should().Equal("deploy/zebra@v1.sql", "deploy/ant.sql", "deploy/zebra.sql");
        read.Skipped.Should().Equal("revert/zebra.sql", "verify/zebra.sql");

        File.Delete(Path.Combine(folder.Path, "deploy/ant.sql"));
        FluentActions.Invoking(() => MigrationFolder.Read(folder.Path)).Should().Throw<MigrationLintException>().WithMessage("*deploy/ant.sql*");
    }

    [Theory]
    [InlineData("-- +goose Up\nA;\n-- +goose StatementBegin\nB;\n-- +goose StatementEnd\n-- +goose Down\nC;\n", "A B")]
    [InlineData("-- migrate:up\nA;\n-- migrate:down\nC;\n", "A")]
    [InlineData("-- migrate:up transaction:false\nA;\n-- migrate:down\nC;\n-- migrate:up\nB;", "A B")]
    [InlineData("-- +migrate Up\nA;\n-- +migrate Down\nC;\n", "A")]
    [InlineData("-- Up Migration\nA;\n-- Down Migration\nC;\n", "A")]
    [InlineData("-- down the hole\nA;\n", "A")]
    public void Down_migrations_are_left_out_and_lines_keep_their_numbers(string text, string statements)
    {
        using var folder = new TemporaryMigrations(("1.sql", text));
        var migration = MigrationFolder.Read(folder.Path).Migrations.Should().ContainSingle().Subject;
        SqlScript.Split(migration).Select(statement => statement.Text).Should().Equal(statements.Split(' '));
        migration.Text.Count(c => c == '\n').Should().Be(text.Count(c => c == '\n'));
    }
}
