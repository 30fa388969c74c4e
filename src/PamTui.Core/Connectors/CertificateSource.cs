using System.Net;
using PamTui.Core.Certificates;
using PamTui.Core.Model;

namespace PamTui.Core.Connectors;

/// <summary>Makes a key and certifies it for one check: what the gateway's SSH CA does.</summary>
/// <param name="local">This end of the connection to the target.</param>
internal delegate Task<Result<CertifiedKey>> CertificateSource(Resource resource, string username, IPAddress local, CancellationToken ct);
