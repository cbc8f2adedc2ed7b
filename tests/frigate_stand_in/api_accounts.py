"""Logging in, and who has an account."""

from aiohttp import web

from .accounts import User
from .answers import allowed, answer, body, caller, need_admin, state

_PASSWORD_LENGTH = 12


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    return [
        web.post("/api/login", login),
        web.get("/api/logout", logout),
        web.get("/api/profile", profile),
        web.get("/api/users", users),
        web.post("/api/users", add_user),
        web.delete("/api/users/{name}", delete_user),
        web.put("/api/users/{name}/password", set_password),
        web.put("/api/users/{name}/role", set_role),
    ]


async def login(request: web.Request) -> web.Response:
    """Answer a token in a cookie, or 401; too many tries are 429 when a limit is set."""
    accounts, given = state(request).accounts, await body(request)
    if not state(request).settings.login:
        return answer({"message": "Authentication is disabled"}, 404)
    if limit := accounts.limited():
        return answer({"error": f"Rate limit exceeded: {limit}"}, 429)
    token = accounts.login(str(given.get("user")), str(given.get("password")))
    if token is None:
        return answer({"message": "Login failed"}, 401)
    response = web.Response()
    set_cookie(response, accounts.cookie, token)
    return response


def set_cookie(response: web.StreamResponse, name: str, token: str) -> None:
    """Set the token's cookie; its own end is absurdly late, only the token's `exp` counts."""
    response.set_cookie(
        name, token, httponly=True, samesite="lax", path="/", expires="Fri, 31 Dec 2083 00:00:00 GMT"
    )


async def logout(request: web.Request) -> web.Response:
    """Take the cookie away."""
    response = web.Response(status=303, headers={"Location": "/login"})
    response.del_cookie(state(request).accounts.cookie)
    return response


async def profile(request: web.Request) -> web.Response:
    """Answer who asks."""
    who = caller(request)
    found: dict[str, object] = {"username": who.user, "role": who.role}
    if state(request).version.at_least(0, 17):
        found["allowed_cameras"] = allowed(request)
    return answer(found if state(request).version.roles else {"username": who.user})


async def users(request: web.Request) -> web.Response:
    """Answer the accounts; before 0.16 to any login."""
    need_admin(request)
    accounts = state(request).accounts
    with_role = state(request).version.roles
    return answer(
        [
            {"username": name} | ({"role": user.role} if with_role else {})
            for name, user in sorted(accounts.users.items())
        ]
    )


async def add_user(request: web.Request) -> web.Response:
    """Make an account."""
    need_admin(request)
    given = await body(request)
    name, password, role = given["username"], given["password"], given.get("role", "viewer")
    if state(request).version.at_least(0, 17) and len(password) < _PASSWORD_LENGTH:
        return answer({"message": f"Password must be at least {_PASSWORD_LENGTH} characters long"}, 400)
    state(request).accounts.users[name] = User(password=password, role=role)
    return answer({"username": name})


async def delete_user(request: web.Request) -> web.Response:
    """Take an account away; its tokens go on."""
    need_admin(request)
    name = request.match_info["name"]
    if name == "admin":
        return answer({"message": "Cannot delete admin user"}, 403)
    state(request).accounts.users.pop(name, None)
    return answer({"success": True})


async def set_password(request: web.Request) -> web.Response:
    """Change a password."""
    need_admin(request)
    user = state(request).accounts.users.get(request.match_info["name"])
    if user is None:
        return answer({"message": "User not found"}, 404)
    user.password = (await body(request))["password"]
    return answer({"success": True})


async def set_role(request: web.Request) -> web.Response:
    """Change a role; tokens keep the old one."""
    need_admin(request)
    name = request.match_info["name"]
    if name == "admin":
        return answer({"message": "Cannot modify admin user's role"}, 403)
    state(request).accounts.users[name].role = (await body(request))["role"]
    return answer({"success": True})
