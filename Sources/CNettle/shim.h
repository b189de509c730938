// The headers of Nettle that `Digests` uses. A system library's module map cannot name headers
// relative to the include path, so they are gathered here.
#include <nettle/des.h>
#include <nettle/hmac.h>
#include <nettle/md4.h>
#include <nettle/md5.h>
#include <nettle/memops.h>
#include <nettle/sha1.h>
