using System.Net;
using System.Net.Sockets;
using PamTui.Core.Model;

namespace PamTui.Gateway.Forwarding;

/// <summary>
/// Where a place that a grant names leads now, and that it is nothing which the vault manages: the broker must not be walked around. What was
/// looked at is what is dialled, so a name that answers otherwise the next time is no way past.
/// </summary>
internal sealed class ForwardCheck(ForwardServices services)
{
    private const int LookUpsAtOnce = 16;

    /// <summary>A name with more is no name of one service.</summary>
    private const int MaxAddresses = 32;

    /// <summary>The addresses to dial.</summary>
    /// <returns>NotAllowed: it may not be dialled whatever a grant says. Failed: nobody knows where it is.</returns>
    public async Task<Result<IPAddress[]>> AddressesAsync(HostPort to, CancellationToken ct)
    {
        IReadOnlyList<string> managed = await services.Forwards.ManagedHostsAsync(to.Port, ct).ConfigureAwait(false);
        if (managed.Contains(to.Host, StringComparer.OrdinalIgnoreCase))
        {
            return Managed(to);
        }

        IPAddress[] addresses;
        try
        {
            addresses = to.Address is { } literal ? [literal] : await services.Resolve(to.Host, ct).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            addresses = [];
        }

        if (addresses.Length is 0 or > MaxAddresses)
        {
            return Refusal.Failed($"{to} cannot be reached: the gateway knows no address of it.");
        }

        HashSet<IPAddress> plain = [.. addresses.Select(PlainAddress.Of)];
        if (plain.FirstOrDefault(PlainAddress.IsSpecial) is { } special && to.Address is null && !(to.Host == "localhost" && IPAddress.IsLoopback(special)))
        {
            return Refusal.NotAllowed($"{to} leads to an address of the gateway's own machine or its network link; a grant must name that address itself.");
        }

        if (to.Port == services.OwnPort() && plain.Contains(IPAddress.Loopback))
        {
            return Refusal.NotAllowed($"{to} is the gateway itself.");
        }

        return await WhyManagedAsync(to, plain, managed, ct).ConfigureAwait(false) is { } why ? why : addresses;
    }

    private static Refusal Managed(HostPort to) => Refusal.NotAllowed($"{to} leads to what the vault manages, which is reached by its accounts alone.");

    private async Task<Refusal?> WhyManagedAsync(HostPort to, HashSet<IPAddress> plain, IReadOnlyList<string> managed, CancellationToken ct)
    {
        Refusal? why = null;
        ParallelOptions options = new() { MaxDegreeOfParallelism = LookUpsAtOnce, CancellationToken = ct };
        await Parallel.ForEachAsync(managed, options, async (host, inner) =>
        {
            try
            {
                IPAddress[] its = IPAddress.TryParse(host, out IPAddress? literal) ? [literal] : await services.Resolve(host, inner).ConfigureAwait(false);
                if (Array.Exists(its, address => plain.Contains(PlainAddress.Of(address))))
                {
                    Interlocked.Exchange(ref why, Managed(to));
                }
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData)
            {
                // A host without an address is nowhere, so it is not there.
            }
            catch (SocketException)
            {
                Interlocked.CompareExchange(ref why, Refusal.NotAllowed($"{to} cannot be compared with what the vault manages, as a name server does not answer; try again."), null);
            }
        }).ConfigureAwait(false);
        return why;
    }
}
