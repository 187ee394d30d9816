using Microsoft.Extensions.Options;
using Npgsql;

namespace SmeFinancialOs.Data.DependencyInjection;

/// <summary>
/// Says at the start of the host what the first request would say otherwise: by making the factory once, so that there is one set of rules. No connection is
/// opened for that.
/// </summary>
internal sealed class TenantDataOptionsValidator(string name, NpgsqlDataSource? dataSource) : IValidateOptions<TenantDataOptions>
{
    public ValidateOptionsResult Validate(string? optionsName, TenantDataOptions options)
    {
        if (optionsName != name)
            return ValidateOptionsResult.Skip;
        try
        {
            using var _ = new RegisteredTenantData(options, dataSource, loggers: null);
            return ValidateOptionsResult.Success;
        }
        catch (ArgumentException fault)
        {
            return ValidateOptionsResult.Fail($"AddTenantData{(name.Length == 0 ? "" : $" with the key \"{name}\"")}: {fault.Message}");
        }
    }
}
