using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>Signs contexts, for databases that ask for it. sql/seal/sealed_context.sql says what a token consists of, and checks it.</summary>
internal sealed class ContextSeal
{
    private const int KeyIdLength = 8;
    private const int SecretLength = 32;
    private const int BlockLength = 64;
    private const int SignedLength = 100;
    private const int RememberedTokens = 1024;

    /// <summary>From where PostgreSQL counts.</summary>
    private static readonly long Epoch = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero).Ticks;

    private readonly Func<string> _provider;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _lifetime;

    /// <summary>A place may be written by several threads at once; whichever stays is right.</summary>
    private readonly Token?[] _tokens = new Token[RememberedTokens];
    private Key? _key;

    /// <exception cref="ArgumentException">The key of the options cannot be read, or both a key and a provider are set.</exception>
    private ContextSeal(TenantConnectionOptions options)
    {
        if (options is { SealKey: not null, SealKeyProvider: not null })
            throw new ArgumentException("SealKey is set, and so is SealKeyProvider: remove one of them.", nameof(options));
        _provider = options.SealKeyProvider ?? (() => options.SealKey!);
        _clock = options.TimeProvider;
        // Through a pooler a token is worth something on every connection of the login, so it is worth it for less long.
        _lifetime = options.SealLifetime ?? TimeSpan.FromSeconds(options.TransactionPooling ? 15 : 60);
        if (options.SealKey is { } key)
            _key = Parse(key) ?? throw new ArgumentException(Unreadable(nameof(options.SealKey)), nameof(options));
    }

    /// <summary>Null where the options have no key.</summary>
    /// <inheritdoc cref="ContextSeal(TenantConnectionOptions)"/>
    public static ContextSeal? Of(TenantConnectionOptions options) => options is { SealKey: null, SealKeyProvider: null } ? null : new(options);

    /// <summary>The token of a context, for a transaction that begins before long.</summary>
    /// <param name="context">Whose it is.</param>
    /// <param name="processId">Of the server's session that alone shall take it; 0 for any.</param>
    /// <exception cref="InvalidOperationException">The provider has returned something else than a key.</exception>
    public string Sign(TenantContext context, int processId)
    {
        var holder = new Holder(CurrentKey(), context.Access, context.IsReadOnly, context.Identity.Digest, processId);
        var now = _clock.GetUtcNow();
        // A request makes several calls, often on one connection, and what it signs for the first serves the next ones: until half of its time is over.
        ref var place = ref _tokens[(uint)holder.GetHashCode() % RememberedTokens];
        if (place is not { } token || token.Holder != holder || now < token.SignedAt || now - token.SignedAt > _lifetime / 2)
            place = token = new(holder, now, Sign(holder, (now + _lifetime).UtcTicks));
        return token.Text;
    }

    private static string Sign(Holder holder, long latestStart)
    {
        Span<char> token = stackalloc char[SignedLength + (2 * SHA256.HashSizeInBytes)];
        token[0] = holder.Access switch { TenantAccess.Tenant => 't', TenantAccess.Demo => 'd', _ => 'a' };
        token[1] = holder.IsReadOnly ? 'r' : 'w';
        holder.Key.Id.CopyTo(token[2..]);
        holder.ProcessId.TryFormat(token[10..], out _, "D10", CultureInfo.InvariantCulture);
        ((latestStart - Epoch) / TimeSpan.TicksPerMicrosecond).TryFormat(token[20..], out _, "x16", CultureInfo.InvariantCulture);
        holder.Identity.CopyTo(token[36..]);

        // One hash and not the two of HMAC: all messages have one length. docs/sealed-context.md argues it.
        Span<byte> signed = stackalloc byte[BlockLength + SignedLength];
        holder.Key.Block.CopyTo(signed);
        Encoding.ASCII.GetBytes(token[..SignedLength], signed[BlockLength..]);
        Span<byte> signature = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(signed, signature);
        Convert.TryToHexStringLower(signature, token[SignedLength..], out _);
        return new string(token);
    }

    private Key CurrentKey()
    {
        var text = _provider();
        // A provider is asked for every transaction, and answers the same nearly always.
        var key = _key;
        if (key is null || key.Text != text)
            _key = key = Parse(text) ?? throw new InvalidOperationException(Unreadable(nameof(TenantConnectionOptions.SealKeyProvider)));
        return key;
    }

    /// <summary>Quotes nothing of it.</summary>
    private static string Unreadable(string option) =>
        $"{option} is not a key: it is what \"sme-data seal add\" has printed, 8 characters, a colon and 44 more.";

    private static Key? Parse(string? text)
    {
        Span<byte> secret = stackalloc byte[SecretLength];
        return text?.Length > KeyIdLength && text[KeyIdLength] == ':' && text.Take(KeyIdLength).All(char.IsAsciiHexDigitLower)
            && Convert.TryFromBase64Chars(text.AsSpan(KeyIdLength + 1), secret, out var length) && length == SecretLength
            ? new(text, text[..KeyIdLength], BlockOf(secret))
            : null;
    }

    /// <summary>The first block of the hash: the secret and zeros behind it, each byte XOR 0x36, as sql/migrations/0003_seal_keys.sql keeps it.</summary>
    private static byte[] BlockOf(ReadOnlySpan<byte> secret)
    {
        var block = new byte[BlockLength];
        secret.CopyTo(block);
        for (var i = 0; i < block.Length; i++)
            block[i] ^= 0x36;
        return block;
    }

    private sealed class Key(string text, string id, byte[] block)
    {
        public string Text => text;

        public string Id => id;

        public byte[] Block => block;
    }

    private readonly record struct Holder(Key Key, TenantAccess Access, bool IsReadOnly, string Identity, int ProcessId);

    private sealed record Token(Holder Holder, DateTimeOffset SignedAt, string Text);
}
