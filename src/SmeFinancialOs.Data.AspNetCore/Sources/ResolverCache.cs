using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace SmeFinancialOs.Data.AspNetCore.Sources;

/// <summary>
/// Asks the resolvers of the database, and remembers what they found for as long as the options say. What they did not find is asked again: a caller who makes
/// up keys fills nothing.
/// </summary>
internal sealed class ResolverCache(TenantContextOptions options)
{
    private const int MaxEntries = 10_000;

    private readonly ConcurrentDictionary<(string Resolver, string Key), (TenantKey Tenant, DateTimeOffset Until)> _found = new();

    public async ValueTask<TenantKey?> ResolveAsync(HttpContext http, string resolver, object key)
    {
        var factory = http.RequestServices.GetRequiredService<TenantConnectionFactory>();
        if (options.ResolverCacheDuration == TimeSpan.Zero || TextOf(key) is not { } text)
            return await factory.ResolveTenantAsync(resolver, key, http.RequestAborted).ConfigureAwait(false);

        var clock = http.RequestServices.GetService<TimeProvider>() ?? TimeProvider.System;
        var asked = clock.GetUtcNow();
        if (_found.TryGetValue((resolver, text), out var known) && asked < known.Until)
            return known.Tenant;
        var tenant = await factory.ResolveTenantAsync(resolver, key, http.RequestAborted).ConfigureAwait(false);
        if (tenant is not { } found)
        {
            _found.TryRemove((resolver, text), out _);
            return null;
        }

        if (_found.Count >= MaxEntries)
            _found.Clear();
        // From before the question: what was revoked while it was on its way lasts no longer for that.
        _found[(resolver, text)] = (found, asked + options.ResolverCacheDuration);
        return tenant;
    }

    /// <summary>Different keys have different texts; null for a value that is not remembered.</summary>
    private static string? TextOf(object key)
    {
        object[] parts = key.GetType() == typeof(object[]) ? (object[])key : [key];
        var texts = parts.Select(part => part switch
        {
            string text => "s" + text,
            byte[] bytes => "b" + Convert.ToBase64String(bytes),
            Guid or long or int or short => $"{part.GetType().Name} {part}",
            _ => null,
        }).ToList();
        return texts.Contains(null) ? null : string.Concat(texts.Select(text => $"{text!.Length}:{text}"));
    }
}
