using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace SmeFinancialOs.Data;

/// <summary>
/// The id of a tenant: a <see cref="Guid"/>, a <see cref="long"/> or a <see cref="string"/>, as <see cref="TenantConnectionOptions.TenantType"/> says. What a
/// variable holds by mistake (<see cref="Guid.Empty"/>, 0, blank text, the default value of this type) is no id: a context of it is refused.
/// </summary>
public readonly struct TenantKey : IEquatable<TenantKey>
{
    private const int MaxLength = 1000;

    private readonly Guid _uuid;
    private readonly long _bigint;
    private readonly string? _text;

    /// <summary>A key of type <see cref="TenantKeyType.Uuid"/>.</summary>
    /// <param name="value">The id.</param>
    public TenantKey(Guid value) => (Type, _uuid) = (TenantKeyType.Uuid, value);

    /// <summary>A key of type <see cref="TenantKeyType.Bigint"/>.</summary>
    /// <param name="value">The id.</param>
    public TenantKey(long value) => (Type, _bigint) = (TenantKeyType.Bigint, value);

    /// <summary>A key of type <see cref="TenantKeyType.Text"/>, taken as it is: upper and lower case and blanks count.</summary>
    /// <param name="value">The id, of at most 1000 characters.</param>
    public TenantKey(string? value) => (Type, _text) = (TenantKeyType.Text, value);

    /// <summary>The type of the id.</summary>
    public TenantKeyType Type { get; }

    /// <summary>The id as the parameter of a statement: a <see cref="Guid"/>, a <see cref="long"/> or a <see cref="string"/>.</summary>
    public object Value => Type switch { TenantKeyType.Uuid => _uuid, TenantKeyType.Bigint => _bigint, _ => ToString() };

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
    public static implicit operator TenantKey(string? value) => new(value);

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
    /// <returns>False where the text is no id of this type.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, TenantKeyType type, out TenantKey key)
    {
        key = type switch
        {
            TenantKeyType.Uuid when Guid.TryParse(text, out var uuid) => uuid,
            // What PostgreSQL 15 and 18 read in different ways, such as 0x10, is not read at all; nor is 007, which another place could take for another id.
            TenantKeyType.Bigint when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var bigint)
                && bigint.ToString(CultureInfo.InvariantCulture) == text => bigint,
            TenantKeyType.Text => text,
            _ => default,
        };
        if (text is not null && key.Fault is null)
            return true;
        key = default;
        return false;
    }

    /// <summary>The id as a <see cref="Guid"/>.</summary>
    /// <exception cref="InvalidOperationException">It is of another type.</exception>
    public Guid ToGuid() => Type == TenantKeyType.Uuid ? _uuid : throw NotOf(TenantKeyType.Uuid);

    /// <summary>The id as a <see cref="long"/>.</summary>
    /// <exception cref="InvalidOperationException">It is of another type.</exception>
    public long ToInt64() => Type == TenantKeyType.Bigint ? _bigint : throw NotOf(TenantKeyType.Bigint);

    /// <summary>The canonical text of the id, as PostgreSQL writes it.</summary>
    public override string ToString() => Type switch
    {
        TenantKeyType.Uuid => _uuid.ToString(),
        TenantKeyType.Bigint => _bigint.ToString(CultureInfo.InvariantCulture),
        _ => _text ?? "",
    };

    /// <inheritdoc/>
    public bool Equals(TenantKey other) =>
        Type == other.Type && _uuid == other._uuid && _bigint == other._bigint && string.Equals(_text, other._text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is TenantKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_uuid, _bigint, _text is null ? 0 : _text.GetHashCode(StringComparison.Ordinal));

    /// <summary>Why this is no id of a tenant; null where it is one.</summary>
    internal string? Fault => Type switch
    {
        TenantKeyType.Uuid => _uuid == Guid.Empty ? "A tenant's id cannot be Guid.Empty. Pass the id of the organization that is asking." : null,
        TenantKeyType.Bigint => _bigint == 0 ? "A tenant's id cannot be 0. Pass the id of the organization that is asking." : null,
        _ => string.IsNullOrWhiteSpace(_text)
            ? "A tenant's id cannot be blank. Pass the id of the organization that is asking."
            : DatabaseText.FaultOf(_text, MaxLength),
    };

    private InvalidOperationException NotOf(TenantKeyType type) => new($"The tenant's id is of type {Type}, not {type}.");
}
