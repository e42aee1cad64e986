using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Escala.Web;

/// <summary>Where other devices reach the site, always by https.</summary>
/// <param name="Address">Of this computer in the network; 0.0.0.0 for all.</param>
/// <param name="Port">0 for any that is free.</param>
/// <param name="Certificate">With its key.</param>
/// <param name="Names">Host names and addresses that the certificate holds.</param>
public sealed record LanAddress(IPAddress Address, int Port, X509Certificate2 Certificate, IReadOnlyList<string> Names)
{
    /// <summary>Devices keep the address, so the port is the same from start to start; one that needs no rights of an administrator.</summary>
    public const int UsualPort = 8443;
}
