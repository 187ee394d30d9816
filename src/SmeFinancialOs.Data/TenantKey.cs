using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace SmeFinancialOs.Data;

/// <summary>
/// The id of a tenant: a <see cref="Guid"/>, a <see cref="long"/> or a <see cref="string"/>, as <see cref="TenantConnectionOptions.TenantType"/> says. What a
/// variable holds by mistake is none: <see cref="Guid.Empty"/>, 0, blank text.
/// </summary>
public readonly struct TenantKey : IEquatable<TenantKey>
{
    private const int MaxLength = 1000;

    private readonly Guid _uuid;
    private readonly long _bigint;

    /// <summary>The canonical text; null for the default value of this type, which is no key.</summary>
    private readonly string? _text;

    /// <summary>A key of type <see cref="TenantKeyType.Uuid"/>.</summary>
    /// <param name="value">The id.</param>
    /// <exception cref="ArgumentException">It is <see cref="Guid.Empty"/>.</exception>
    public TenantKey(Guid value)
    {
        if (value == Guid.Empty)
            throw new ArgumentException("A tenant's id cannot be Guid.Empty. Pass the id of the organization that is asking.", nameof(value));
        (Type, _uuid, _text) = (TenantKeyType.Uuid, value, value.ToString());
    }

    /// <summary>A key of type <see cref="TenantKeyType.Bigint"/>.</summary>
    /// <param name="value">The id.</param>
    /// <exception cref="ArgumentException">It is 0.</exception>
    public TenantKey(long value)
    {
        if (value == 0)
            throw new ArgumentException("A tenant's id cannot be 0. Pass the id of the organization that is asking.", nameof(value));
        (Type, _bigint, _text) = (TenantKeyType.Bigint, value, value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A key of type <see cref="TenantKeyType.Text"/>, taken as it is: upper and lower case and blanks count.</summary>
    /// <param name="value">The id, of at most 1000 characters.</param>
    /// <exception cref="ArgumentException">It is blank, too long, or not valid text: it has a NUL character or half of a surrogate pair.</exception>
    public TenantKey(string value) => (Type, _text) = (TenantKeyType.Text, DatabaseText.Require(value, MaxLength));

    /// <summary>The type of the id.</summary>
    public TenantKeyType Type { get; }

    /// <summary>Whether this is the default value of the type, which is no key.</summary>
    internal bool IsDefault => _text is null;

    /// <summary>The id as the parameter of a statement: a <see cref="Guid"/>, a <see cref="long"/> or a <see cref="string"/>.</summary>
    /// <exception cref="InvalidOperationException">The key is the default value of its type.</exception>
    public object Value => _text is null ? throw NoKey() : Type switch { TenantKeyType.Uuid => _uuid, TenantKeyType.Bigint => _bigint, _ => _text };

    /// <summary>A key of a <see cref="Guid"/>.</summary>
    /// <inheritdoc cref="TenantKey(Guid)"/>
    [SuppressMessage("Usage", "CA2225:Operator overloads have named alternates", Justification = "The constructor is the named form.")]
    public static implicit operator TenantKey(Guid value) => new(value);

    /// <summary>A key of a <see cref="long"/>.</summary>
    /// <inheritdoc cref="TenantKey(long)"/>
    [SuppressMessage("Usage", "CA2225:Operator overloads have named alternates", Justification = "The constructor is the named form.")]
    public static implicit operator TenantKey(long value) => new(value);

    /// <summary>A key of a <see cref="string"/>.</summary>
    /// <inheritdoc cref="TenantKey(string)"/>
    [SuppressMessage("Usage", "CA2225:Operator overloads have named alternates", Justification = "The constructor is the named form.")]
    public static implicit operator TenantKey(string value) => new(value);

    /// <summary>Whether two keys are of the same type and the same id.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(TenantKey left, TenantKey right) => left.Equals(right);

    /// <summary>Whether two keys differ.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(TenantKey left, TenantKey right) => !left.Equals(right);

    /// <summary>Reads a key as a claim, a route or a header writes it.</summary>
    /// <param name="text">
    /// A uuid in any form that <see cref="Guid.TryParse(string, out Guid)"/> reads; a number of decimal digits, with a minus in front if it is negative, and no
    /// leading zeros; or any text.
    /// </param>
    /// <param name="type">How to read it.</param>
    /// <param name="key">The key.</param>
    /// <returns>False where the text is no key of this type.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, TenantKeyType type, out TenantKey key)
    {
        key = default;
        switch (type)
        {
            case TenantKeyType.Uuid when Guid.TryParse(text, out var uuid) && uuid != Guid.Empty:
                key = new(uuid);
                return true;
            // What PostgreSQL 15 and 18 read in different ways, such as 0x10, is not read at all; nor is 007, which another place could take for another id.
            case TenantKeyType.Bigint when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var bigint) && bigint != 0
                && bigint.ToString(CultureInfo.InvariantCulture) == text:
                key = new(bigint);
                return true;
            case TenantKeyType.Text when DatabaseText.IsValid(text, MaxLength):
                key = new(text);
                return true;
            default:
                return false;
        }
    }

    /// <summary>The id as a <see cref="Guid"/>.</summary>
    /// <exception cref="InvalidOperationException">It is of another type.</exception>
    public Guid ToGuid() => Type == TenantKeyType.Uuid && _text is not null ? _uuid : throw NotOf(TenantKeyType.Uuid);

    /// <summary>The id as a <see cref="long"/>.</summary>
    /// <exception cref="InvalidOperationException">It is of another type.</exception>
    public long ToInt64() => Type == TenantKeyType.Bigint ? _bigint : throw NotOf(TenantKeyType.Bigint);

    /// <summary>The canonical text of the id, as PostgreSQL writes it; empty for the default value of this type.</summary>
    public override string ToString() => _text ?? "";

    /// <inheritdoc/>
    public bool Equals(TenantKey other) => Type == other.Type && string.Equals(_text, other._text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is TenantKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Type, _text is null ? 0 : _text.GetHashCode(StringComparison.Ordinal));

    private static InvalidOperationException NoKey() => new("This is the default value of TenantKey, and no id of a tenant.");

    private InvalidOperationException NotOf(TenantKeyType type) =>
        _text is null ? NoKey() : new InvalidOperationException($"The tenant's id is of type {Type}, not {type}.");
}
