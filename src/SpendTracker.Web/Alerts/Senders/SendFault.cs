using System.Net.Sockets;
using System.Security.Authentication;
using SpendTracker.Alerts;

namespace SpendTracker.Web.Alerts.Senders;

/// <summary>What went wrong on the way, so that a person can act on it.</summary>
internal static class SendFault
{
    /// <summary>Whether the network or the other side is at fault, and not this program.</summary>
    public static bool Is(Exception fault) => fault is HttpRequestException or IOException or SocketException or AuthenticationException or AddressRefusedException;

    /// <param name="place">Host and port.</param>
    public static SendOutcome Of(Exception fault, string place)
    {
        for (var cause = fault; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case AddressRefusedException:
                    return new(cause.Message);
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData }:
                    return new($"The host of {place} is not found: its name has no address.");
                case SocketException { SocketErrorCode: SocketError.TryAgain or SocketError.NoRecovery }:
                    return new($"The host of {place} is not found: name resolution fails.");
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return new($"{place} refuses connections: nothing listens there.");
                case SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.ConnectionAborted }:
                    return Closed(place);
                case SocketException socket:
                    return new($"{place} cannot be reached: {socket.SocketErrorCode}.");
                case AuthenticationException:
                    return new($"No encrypted connection with {place}: {ShownText.Line(cause.Message, 200)}");
                case HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded }:
                    return new($"What {place} answers is not HTTP, or has headers that are too long.");
            }
        }

        return Closed(place);
    }

    public static SendOutcome TooSlow(string place, TimeSpan limit) => new($"{place} did not answer within {limit.TotalSeconds:0.#} s.");

    private static SendOutcome Closed(string place) => new($"{place} closed the connection without an answer.");
}
