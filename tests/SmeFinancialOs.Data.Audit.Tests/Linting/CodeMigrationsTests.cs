using SmeFinancialOs.Data.Audit.Linting;

namespace SmeFinancialOs.Data.Audit.Tests.Linting;

/// <summary>Migrations that are programs are named, with the command that writes them as SQL.</summary>
public sealed class CodeMigrationsTests
{
    private const string Ef = "using Microsoft.EntityFrameworkCore.Migrations;\npublic partial class Init : Migration { }";

    [Theory]
    [InlineData("20260101000000_Init.cs", Ef, "EF Core", "dotnet ef migrations script --idempotent -o ")]
    [InlineData("20260101000000_Init.Designer.cs", "[DbContext(typeof(Db))]\n[Migration(\"20260101000000_Init\")]\npartial class Init { }", "EF Core",
        "dotnet ef migrations script")]
    [InlineData("DbModelSnapshot.cs", "partial class DbModelSnapshot : ModelSnapshot { }", "EF Core", "dotnet ef migrations script")]
    [InlineData("Init.cs", "[Migration(20260101)]\npublic class Init : Migration { public override void Up() { } }", "FluentMigrator",
        "dotnet fm migrate -p PostgreSQL15_0 -a YourMigrations.dll --no-connection --preview --output=")]
    [InlineData("sub/Init.cs", "using FluentMigrator;\n[CompanyMigration(1, 2)] public class Init : Base { }", "FluentMigrator", "dotnet fm migrate")]
    [InlineData("versions/ab12_init.py", "from alembic import op\nrevision = 'ab12'\ndown_revision = None", "Alembic", "alembic upgrade head --sql")]
    [InlineData("0001_initial.py", "from django.db import migrations\nclass Migration(migrations.Migration):\n    pass", "Django", "manage.py sqlmigrate")]
    [InlineData("20260101_init.rb", "class Init < ActiveRecord::Migration[8.0]\nend", "Rails", "structure.sql")]
    [InlineData("schema.rb", "ActiveRecord::Schema[8.0].define(version: 1) do\nend", "Rails", "structure.sql")]
    [InlineData("1-init.ts", "export class Init implements MigrationInterface { }", "TypeORM", "pg_dump --schema-only")]
    [InlineData("1-init.js", "module.exports = { up: (queryInterface, Sequelize) => queryInterface.createTable('t') };", "Sequelize", "pg_dump")]
    [InlineData("1_init.js", "exports.up = (knex) => knex.schema.createTable('t', () => {});", "Knex", "pg_dump")]
    public void A_folder_of_programs_is_told_how_to_get_sql(string file, string text, string tool, string command)
    {
        using var folder = new TemporaryMigrations((file, text));
        FluentActions.Invoking(() => MigrationFolder.Read(folder.Path)).Should().Throw<MigrationLintException>()
            .WithMessage($"*holds no SQL migration*1 file of {tool}, which is not SQL*{command}*");

        folder.Write("1.sql", "SELECT 1;");
        MigrationFolder.Read(folder.Path).NotSql.Should().ContainSingle().Which.Should().Contain(tool).And.Contain(command);
    }

    [Fact]
    public void Other_programs_are_nobodys_migrations()
    {
        using var folder = new TemporaryMigrations(("1.sql", "SELECT 1;"), ("Program.cs", "class Program : Migrations { }"), ("seed.py", "print('x')"),
            ("index.ts", "export default 1;"), ("node_modules/knex/index.js", "module.exports = knex;"));
        MigrationFolder.Read(folder.Path).NotSql.Should().BeEmpty();
    }

    /// <summary>As EF Core writes it: each statement in a block that asks its history table.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Idempotent_script_of_ef_core_is_linted(bool disposable)
    {
        const string script = """
            CREATE TABLE IF NOT EXISTS "__EFMigrationsHistory" (
                "MigrationId" character varying(150) NOT NULL,
                "ProductVersion" character varying(32) NOT NULL,
                CONSTRAINT "PK___EFMigrationsHistory" PRIMARY KEY ("MigrationId")
            );

            START TRANSACTION;


            DO $EF$
            BEGIN
                IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20260101000000_Init') THEN
                CREATE TABLE "Orders" (
                    "Id" uuid NOT NULL,
                    org_id uuid NOT NULL,
                    CONSTRAINT "PK_Orders" PRIMARY KEY ("Id")
                );
                END IF;
            END $EF$;

            DO $EF$
            BEGIN
                IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20260101000000_Init') THEN
                INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
                VALUES ('20260101000000_Init', '10.0.0');
                END IF;
            END $EF$;
            COMMIT;

            """;
        using var folder = new TemporaryMigrations(("Migrations/20260101000000_Init.cs", Ef));
        folder.Write("schema.sql", '\uFEFF' + script);
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var report = await new MigrationLint(server.ConnectionString, new() { DisposableServer = disposable })
            .RunAsync(folder.Path, cancellationToken: Sql.Cancel);
        report.Errors.Should().BeEmpty();
        report.Findings.Where(f => f.Finding.RuleId == "table-without-rls").Select(f => (f.Finding.ObjectName, f.Migration))
            .Should().Equal(("public.\"Orders\"", "schema.sql"));
        report.NotSql.Should().ContainSingle().Which.Should().Contain("EF Core");
    }
}
