"""The route that makes sign-in links."""

from sluicegate.client._async.transport import AsyncTransport
from sluicegate.client.call import Call, body
from sluicegate.client.models.login_link import LoginLink


class AsyncSignIn:
    """Lets people sign in to the pages."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def link(self, name: str) -> LoginLink:
        """A link that signs this person in, once.

        Raises:
            NotFound: the keys file has no person of this name.
            Forbidden
        """
        call = Call("POST", "/api/admin/login-links", repeatable=True, body=body({"name": name}))
        link = await self._transport.read(call, LoginLink)
        return link.model_copy(update={"url": self._transport.origin + link.url})
