using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Escala.Web;

/// <summary>Where other devices reach the site, always by https.</summary>
/// <param name="Names">Host names and addresses that the certificate holds.</param>
public sealed record LanAddress(IPAddress Address, X509Certificate2 Certificate, IReadOnlyList<string> Names)
{
    public bool IsAny => IPAddress.Any.Equals(Address) || IPAddress.IPv6Any.Equals(Address) || IPAddress.IsLoopback(Address);
}
