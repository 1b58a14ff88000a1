using System.Buffers.Text;
using Rouse.Config.Diagnostics;
using Rouse.Config.Text;

namespace Rouse.Config.Inetd;

/// <summary>What each key means, and what must be there in the end.</summary>
internal sealed partial class InetdKeyValues
{
    private const string Keys =
        "The keys are bind, socktype, accept_max, acceptfilter, protocol, sndbuf, recvbuf, wait, service_max, ip_max, user, group, exec, args and ipsec.";

    private TextRange _wait;

    private void Take()
    {
        string key = _entry.Text(_key);
        if (!_given.Add(key))
        {
            Fail(_key, $"{key} is given a second time", "Leave one of the two.");
            return;
        }

        switch (key)
        {
            case "args":
                TakeArguments();
                break;
            case "acceptfilter":
                TakeFilter();
                break;
            case "ipsec":
                TakePolicy();
                break;
            case "bind" or "socktype" or "protocol" or "wait" or "user" or "group" or "exec"
                or "sndbuf" or "recvbuf" or "service_max" or "ip_max" or "accept_max":
                TakeOne(key);
                break;
            default:
                Fail(_key, $"there is no key {Quoted.Of(key)}", Keys);
                break;
        }
    }

    private void TakeOne(string key)
    {
        if (_values.Count == 0)
        {
            Fail(_key, $"{key} has no value", "Write one after the =.");
            return;
        }

        if (_values.Count > 1)
        {
            Fail(_values[1].Place, $"{key} has one value, and this is a second one", "Write a comma before the next key.");
            return;
        }

        InetdValue value = _values[0];
        if (key == "exec")
        {
            TakeServer(value);
            return;
        }

        if (value.Plain.Length == 0)
        {
            Fail(value.Place, $"the value of {key} is empty, or written with quotes or escapes within", "Write it plainly.");
            return;
        }

        switch (key)
        {
            case "bind":
                TakeAddress(value.Plain);
                break;
            case "socktype":
                InetdDialectFields.SocketType(_parser, _entry, value.Plain);
                break;
            case "protocol":
                InetdDialectFields.Protocol(_parser, _entry, value.Plain);
                break;
            case "wait":
                TakeWait(value);
                break;
            case "user":
                _entry.User = value.Plain;
                break;
            case "group":
                _entry.Group = value.Plain;
                break;
            case "sndbuf" when Size(value) is { } size:
                _entry.Buffers = _entry.Buffers with { Send = size };
                break;
            case "recvbuf" when Size(value) is { } size:
                _entry.Buffers = _entry.Buffers with { Receive = size };
                break;
            case "service_max":
                _entry.StartsPerMinute = Count(value);
                break;
            case "ip_max":
                _entry.PerSourcePerMinute = Count(value);
                break;
            case "accept_max":
                _entry.MostChildren = Count(value);
                break;
            default:
                break;
        }
    }

    private void TakeAddress(TextRange address)
    {
        if (_entry.HasOwnAddress)
        {
            Fail(address, "the address stands before the service already", "Leave one of the two.");
            return;
        }

        _entry.Addresses = address;
    }

    private void TakeWait(InetdValue value)
    {
        _wait = value.Plain;
        _entry.Wait = value.Text == "yes";
        if (value.Text is not ("yes" or "no"))
        {
            _entry.Fail(Codes.InetdWait, value.Place, $"{Quoted.Of(value.Text)} is neither yes nor no", "Write one of the two.");
        }
    }

    private void TakeServer(InetdValue value)
    {
        _entry.Server = value.Plain.Length > 0 ? value.Plain : value.Place;
        _entry.ServerPath = value.Plain == value.Place ? null : value.Text;
        _entry.IsInternal = value.Text == "internal";
        if (value.Text.Length == 0)
        {
            Fail(value.Place, "exec is empty", "Write the server's path, or internal.");
        }
    }

    private void TakeArguments()
    {
        _entry.ArgumentWords = [.. _values.ConvertAll(static value => value.Text)];
        _entry.Arguments = _values.Count == 0 ? default
            : new TextRange(_values[0].Place.Start, _values[^1].Place.End - _values[0].Place.Start);
    }

    private void TakeFilter()
    {
        _entry.Report(
            Codes.InetdAcceptFilter,
            Severity.Notice,
            _values.Count > 0 ? _values[0].Place : _key,
            "the accept filter has no effect: Linux has none",
            "The server is started when a peer connects, not when it has sent something.");
    }

    // Without a value it says that there is to be none, and there is none here.
    private void TakePolicy()
    {
        if (_values.Count > 0)
        {
            Fail(
                _values[0].Place,
                "the IPsec policy cannot be set here, and without it the service would be open to everybody",
                "Take the key out, and protect the port with the host's own rules (ip-xfrm(8), nft(8)).");
        }
    }

    private int? Size(InetdValue value)
    {
        if (InetdDialectFields.TryReadSize(_parser.Bytes(value.Plain), out int size))
        {
            return size;
        }

        _entry.Fail(
            Codes.InetdOption, value.Place, $"{Quoted.Of(value.Text)} is no size of a buffer", "Write a number of bytes, or one with k or m after it.");
        return null;
    }

    private int? Count(InetdValue value)
    {
        if (Utf8Parser.TryParse(_parser.Bytes(value.Plain), out int count, out int used) && used == value.Plain.Length && count > 0)
        {
            return count;
        }

        Fail(value.Place, $"{Quoted.Of(value.Text)} is no limit", "Write a number of at least 1, or leave the key out.");
        return null;
    }

    /// <summary>The definition has ended: what it leaves out is inferred as the manual says, or missing.</summary>
    private void Complete()
    {
        if (!_given.Contains("exec"))
        {
            (_entry.IsInternal, _entry.Server) = (true, _entry.Name);
        }

        if (!_given.Contains("protocol"))
        {
            Missing("protocol");
        }
        else if (_entry.Protocol.Length > 0)
        {
            InferSocketType();
            CheckFamily();
        }

        if (!_given.Contains("user"))
        {
            Missing("user");
        }

        if (!_entry.IsInternal)
        {
            if (!_given.Contains("wait"))
            {
                Missing("wait");
            }

            return;
        }

        bool isDatagram = _entry.SocketTypeText == "dgram";
        if (_wait.Length > 0 && _entry.Wait != isDatagram && !_entry.IsBroken)
        {
            _entry.Report(
                Codes.InetdKeyValues,
                Severity.Notice,
                _wait,
                "wait of an internal service is determined by its kind of socket, and this has no effect",
                "Take it out.");
        }

        _entry.Wait = isDatagram;
    }

    private void InferSocketType()
    {
        if (_given.Contains("socktype"))
        {
            return;
        }

        string protocol = _entry.Text(_entry.Protocol);
        _entry.InferredSocketType = _entry.IsRpc ? null : protocol switch
        {
            "tcp" => "stream",
            "udp" => "dgram",
            _ => null,
        };
        _entry.SocketType = _entry.Protocol;
        if (_entry.InferredSocketType is null)
        {
            Missing("socktype");
        }
    }

    // The address decides the family of a protocol that does not name its own.
    private void CheckFamily()
    {
        if (_entry.IsLocal || _entry.IsTcpmux || _entry.Text(_entry.ProtocolWord) is not ("tcp" or "udp" or "rpc/tcp" or "rpc/udp"))
        {
            return;
        }

        string address = _entry.Text(_entry.Addresses);
        InetdFamily? family = InetdServices.FamilyOf(address);
        if (family is null)
        {
            Fail(
                _entry.ProtocolWord,
                $"the protocol does not say which IP version it means, and {(address.Length == 0 || address == "*" ? "there is no address that" : "the address is a name and")} does not either",
                "Write tcp4, tcp6, udp4 or udp6, or a numeric address as bind.");
            return;
        }

        _entry.Family = family.Value;
    }

    private void Missing(string key) => Fail(_entry.Name, $"the definition has no {key}", $"Add {key} = and its value.");

    private void Fail(TextRange place, string what, string advice) => _entry.Fail(Codes.InetdKeyValues, place, what, advice);
}
