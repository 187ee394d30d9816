using FluentMigrator;

namespace SmeFinancialOs.Data.Schema.Tests.Maintenance;

// <snippet>
[Migration(20261130)]
public sealed class CurrencyOfOrders : ForwardOnlyMigration
{
    public override void Up()
    {
        Alter.Table("orders").AddColumn("currency").AsString().NotNullable().WithDefaultValue("EUR");
        Execute.Sql("SELECT app.begin_maintenance('a currency for every order')");
        Update.Table("orders").Set(new { currency = "USD" }).Where(new { number = "US-1" });
    }
}
// </snippet>
