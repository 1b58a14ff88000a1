using System;
using System.Collections.Generic;
using Rouse.Config;
using Rouse.Config.Addresses;
using Rouse.Config.Diagnostics;
using Rouse.Config.Model;
using Rouse.Linux;

namespace Rouse.Tools.Check;

/// <summary>
/// Services whose port another program holds now. The daemon would start without them and try again every few seconds; a super-server
/// that holds the port is what is being checked, and no finding.
/// </summary>
internal static class PortsInUse
{
    public static Configuration AddTo(Configuration configuration)
    {
        List<ListeningSocket> taken = ListeningSockets.All();
        List<Diagnostic> findings = [];
        foreach (ServiceDefinition service in configuration.Services)
        {
            foreach (ListeningSocket socket in taken)
            {
                if (IsInTheWay(socket, service) && Holder(socket) is { } holder)
                {
                    findings.Add(new Diagnostic(
                        Codes.PortInUse,
                        Severity.Warning,
                        service.Span,
                        $"port {service.Port}/{service.Protocol.Name} of service '{service.Id}' is in use by {holder}; the service waits until it is "
                        + "free. End that program, or give one of the two another port or address."));
                    break;
                }
            }
        }

        return configuration.With(findings);
    }

    private static bool IsInTheWay(in ListeningSocket socket, ServiceDefinition service)
    {
        if (service.Port == 0 || socket.Port != service.Port || socket.IsDatagram != (service.SocketType == SocketType.Dgram))
        {
            return false;
        }

        bool everywhere = socket.Address == UInt128.Zero || socket.Address == IpAddress.FromV4(0).Value;
        return everywhere || service.BindAddresses.IsEmpty || service.BindAddresses.Contains(new IpAddress(socket.Address));
    }

    private static string? Holder(in ListeningSocket socket)
    {
        List<(int Pid, string Name)> holders = ListeningSockets.HoldersOf(socket.Inode);
        foreach ((int _, string name) in holders)
        {
            if (name is "roused" or "xinetd" or "inetd")
            {
                return null;
            }
        }

        return holders.Count == 0 ? "another program" : $"{holders[0].Name} (process {holders[0].Pid})";
    }
}
