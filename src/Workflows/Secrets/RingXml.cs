using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace ServiceLoop.Workflows.Secrets;

/// <summary>Encrypts keys on their way into the database.</summary>
internal sealed class RingEncryptor(RingKeys keys) : IXmlEncryptor
{
    public EncryptedXmlInfo Encrypt(XElement plaintextElement) =>
        new(RingXml.Encrypt(plaintextElement, keys.Current!), typeof(RingDecryptor));
}

/// <summary>Reads keys that come from the database; its name stands there with each key.</summary>
internal sealed class RingDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) => RingXml.Decrypt(encryptedElement, services.GetRequiredService<RingKeys>());
}

/// <summary>Keys of the key ring as they stand in the database.</summary>
internal static class RingXml
{
    private static readonly XNamespace DataProtection = "http://schemas.asp.net/2015/03/dataProtection";
    private static readonly XName Wrapped = DataProtection + "encryptedSecret";
    private static readonly XName Wanted = DataProtection + "requiresEncryption";
    private const string DecryptorType = "decryptorType";

    /// <summary>Without the version of this program: another version must find the type, too.</summary>
    private static readonly string Decryptor = $"{typeof(RingDecryptor).FullName}, {typeof(RingDecryptor).Assembly.GetName().Name}";

    public static XElement Encrypt(XElement plain, RingKey key) =>
        new(
            "encryptedKey",
            new XAttribute("with", key.Fingerprint),
            Convert.ToBase64String(key.Encrypt(Encoding.UTF8.GetBytes(plain.ToString(SaveOptions.DisableFormatting))))
        );

    /// <exception cref="CryptographicException">The key is another, or it was changed.</exception>
    public static XElement Decrypt(XElement encrypted, RingKeys keys) =>
        keys.Find(WithOf(encrypted)) is { } key
            ? XElement.Parse(Encoding.UTF8.GetString(key.Decrypt(Convert.FromBase64String(encrypted.Value))))
            : throw new CryptographicException(
                $"The key ring is encrypted with the key {WithOf(encrypted)}, which is neither {RingKeys.KeySetting} nor {RingKeys.OtherSetting}."
            );

    /// <summary>The encrypted parts of a stored element that this program reads.</summary>
    public static IEnumerable<XElement> EncryptedIn(XElement stored) =>
        stored
            .DescendantsAndSelf(Wrapped)
            .Where(w =>
                ((string?)w.Attribute(DecryptorType))?.StartsWith(typeof(RingDecryptor).FullName!, StringComparison.Ordinal) == true
            )
            .Select(w => w.Elements().First());

    /// <summary>The parts of a stored element that are secret and stand there as they are.</summary>
    public static IEnumerable<XElement> PlainIn(XElement stored) =>
        stored.DescendantsAndSelf().Where(e => (bool?)e.Attribute(Wanted) == true);

    public static string? WithOf(XElement encrypted) => (string?)encrypted.Attribute("with");

    /// <summary>A stored element with all that is secret encrypted by a key.</summary>
    public static XElement Renewed(XElement stored, RingKeys keys, RingKey key)
    {
        var renewed = new XElement(stored);

        foreach (var encrypted in EncryptedIn(renewed).ToList())
            if (WithOf(encrypted) != key.Fingerprint)
                encrypted.ReplaceWith(Encrypt(Decrypt(encrypted, keys), key));

        foreach (var plain in PlainIn(renewed).ToList())
            plain.ReplaceWith(new XElement(Wrapped, new XAttribute(DecryptorType, Decryptor), Encrypt(plain, key)));

        return renewed;
    }

    public static XElement Unversioned(XElement stored)
    {
        foreach (var encrypted in EncryptedIn(stored))
            encrypted.Parent!.SetAttributeValue(DecryptorType, Decryptor);

        return stored;
    }
}
