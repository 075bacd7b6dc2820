using System.Security.Cryptography;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.ServiceDefaults.Sealing;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace Lyceum.Gateway.Institution;

/// <summary>Protects what a sign-in keeps in the browser while it is under way, so that any replica of Gateway can end it.</summary>
internal sealed class SealedState(IOptions<IdentityOptions> identity) : IDataProtectionProvider
{
    private readonly Seal _seal = new(identity, "sign-in");

    public IDataProtector CreateProtector(string purpose) => new Protector(_seal, purpose);

    private sealed class Protector(Seal seal, string label) : IDataProtector
    {
        public IDataProtector CreateProtector(string purpose) => new Protector(seal, $"{label}\n{purpose}");

        public byte[] Protect(byte[] plaintext) => seal.Close(label, plaintext);

        public byte[] Unprotect(byte[] protectedData) =>
            seal.Open(label, protectedData) ?? throw new CryptographicException("It was not sealed here, or is damaged.");
    }
}
