using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SmeFinancialOs.Data.Schema.Tests.Maintenance;

internal sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options);

// <snippet>
[DbContext(typeof(ShopContext))]
[Migration("20261130_currency")]
internal sealed class Currency : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>("currency", "orders", nullable: false, defaultValue: "EUR");
        migrationBuilder.Sql("SELECT app.begin_maintenance('a currency for every order')");
        migrationBuilder.Sql("UPDATE orders SET currency = 'USD' WHERE number LIKE 'US%'");
    }
}
// </snippet>
