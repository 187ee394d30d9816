using System.Net.Http.Headers;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Npgsql;
using SmeFinancialOs.Data;
using SmeFinancialOs.Data.Schema;
using SmeFinancialOs.Data.Testing;

namespace Shop.Tests;

/// <summary>The shop on a database of its own, with the rows of its first migration.</summary>
public sealed class ShopFixture() : TenantTestFixture(new() { TenantType = TenantKeyType.Bigint, MigrateAsync = MigrateAsync }), IAsyncLifetime
{
    public const string Ann = "1";
    public const string Bob = "2";
    public const string Cleo = "3";

    private static readonly SymmetricSecurityKey SigningKey = new(new byte[32]);

    private WebApplicationFactory<Program> _host = null!;

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        _host = new WebApplicationFactory<Program>().WithWebHostBuilder(host => host
            .UseSetting("TenantData:ConnectionString", Database.AppConnectionString)
            .ConfigureTestServices(services => services.PostConfigure<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme, options =>
                options.TokenValidationParameters = new() { IssuerSigningKey = SigningKey, ValidateIssuer = false, ValidateAudience = false })));
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _host.DisposeAsync();
        await DisposeAsync();
    }

    /// <summary>A browser in which this user is signed in.</summary>
    public HttpClient SignedIn(string user)
    {
        var client = _host.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Subject = new ClaimsIdentity([new Claim("sub", user)]),
            SigningCredentials = new SigningCredentials(SigningKey, SecurityAlgorithms.HmacSha256),
        }));
        return client;
    }

    /// <summary>A program that has this key.</summary>
    public HttpClient WithKey(string key)
    {
        var client = _host.CreateClient();
        client.DefaultRequestHeaders.Add("X-Api-Key", key);
        return client;
    }

    /// <summary>The shop as it was, the roles and policies of the library being there already; one call for each table; and the guard.</summary>
    private static async Task MigrateAsync(string superuser, CancellationToken cancellationToken)
    {
        await using (var connection = new NpgsqlConnection(superuser))
        {
            await connection.OpenAsync(cancellationToken);
            foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "migrations")).Order(StringComparer.Ordinal))
            {
                await using var command = new NpgsqlCommand(await File.ReadAllTextAsync(file, cancellationToken), connection);
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
        }

        await new SchemaMigrator(superuser, new() { Guard = true }).MigrateAsync(cancellationToken);
    }
}
