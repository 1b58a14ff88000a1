using System;
using Rouse.Config.Addresses;
using Rouse.Config.Model;

namespace Rouse.Config.Doctor;

/// <summary>What a definition means for the daemon's way with it, in the words of the findings.</summary>
public static class ServiceShape
{
    private const int Tcp = 6;
    private const int Icmpv6 = 58;

    /// <summary>The daemon starts a program for it.</summary>
    public static bool Spawns(this ServiceDefinition s) => s.BuiltIn == BuiltInService.None && s.Redirect is null;

    /// <summary>The server gets the service's own socket, and one at a time runs.</summary>
    public static bool HandsSocketOver(this ServiceDefinition s) => s.Wait && s.Spawns() && !s.IsMultiplexed && !s.IsIntercepted;

    public static bool IsStream(this ServiceDefinition s) => s.SocketType == SocketType.Stream;

    /// <summary>The daemon accepts each connection itself, and so can say something to the peer.</summary>
    public static bool Accepts(this ServiceDefinition s) => s.IsStream() && !s.HandsSocketOver();

    /// <summary>The peer's user can be asked for (RFC 1413).</summary>
    public static bool CanIdentify(this ServiceDefinition s) => s.Accepts() && !s.Wait && s.Protocol.Number == Tcp;

    public static bool IsSensor(this ServiceDefinition s) => s.BuiltIn == BuiltInService.Sensor;

    /// <summary>Answered by the daemon in the moment of the connection or the datagram, so that there never are several at a time.</summary>
    public static bool IsAnsweredOnTheSpot(this ServiceDefinition s) => s.BuiltIn != BuiltInService.None
        && (!s.IsStream() || s.BuiltIn is BuiltInService.Daytime or BuiltInService.Time or BuiltInService.Sensor);

    /// <summary>Whom a socket of this service can hear: IPv4 peers, IPv6 peers. Those of a multiplexed service come through another.</summary>
    public static (bool V4, bool V6) Families(this ServiceDefinition s)
    {
        if (s.IsMultiplexed)
        {
            return (true, true);
        }

        if (s.BindAddresses.IsEmpty)
        {
            bool wantsV4 = s.Flags.HasFlag(ServiceFlags.IPv4) || (s.SocketType == SocketType.Raw && s.Protocol.Number != Icmpv6);
            bool onlyV4 = wantsV4 && !s.Flags.HasFlag(ServiceFlags.IPv6);
            return (onlyV4 || !s.V6Only, !onlyV4);
        }

        bool v4 = false;
        bool v6 = false;
        foreach (IpAddress address in s.BindAddresses)
        {
            v4 |= address.IsV4 || (address.Value == 0 && !s.V6Only);
            v6 |= !address.IsV4;
        }

        return (v4, v6);
    }

    /// <summary>Only programs of this host can reach it.</summary>
    public static bool IsLocalOnly(this ServiceDefinition s)
    {
        foreach (IpAddress address in s.BindAddresses)
        {
            if (!IsLoopback(address))
            {
                return false;
            }
        }

        return !s.BindAddresses.IsEmpty;
    }

    public static bool IsLoopback(IpAddress address) => address.IsV4 ? address.V4 >> 24 == 127 : address.Value == 1;

    /// <summary>0.0.0.0 or ::, which stand for every address.</summary>
    public static bool IsEverywhere(IpAddress address) => address.Value == UInt128.Zero || (address.IsV4 && address.V4 == 0);

    /// <summary>Whether the service's socket takes connections to this address of the host and this port.</summary>
    public static bool ListensAt(this ServiceDefinition s, IpAddress address, ushort port)
    {
        if (s.Port != port || s.IsMultiplexed)
        {
            return false;
        }

        foreach (IpAddress bound in s.BindAddresses)
        {
            bool all = IsEverywhere(bound) && (bound.IsV4 == address.IsV4 || (!bound.IsV4 && !s.V6Only));
            if (all || bound == address)
            {
                return true;
            }
        }

        (bool v4, bool v6) = s.Families();
        return s.BindAddresses.IsEmpty && (address.IsV4 ? v4 : v6);
    }
}
