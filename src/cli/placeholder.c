/* SPDX-License-Identifier: Apache-2.0 */
/* placeholder.c - a program until the container layer is there */
int main(void)
{
	return 0;
}
